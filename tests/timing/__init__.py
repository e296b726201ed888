"""Whether the time of an answer tells what the answer does not: measured on demand."""
