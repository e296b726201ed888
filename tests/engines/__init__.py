"""Launching, supervising and ending the engines and our own processes."""
