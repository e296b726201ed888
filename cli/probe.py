"""One small GET to a server of ours on loopback."""

import asyncio

LARGEST_ANSWER = 64 * 1024


async def get(port: int, path: str, *, seconds: float = 5) -> tuple[int, str] | None:
    """Status and body, or None if nobody answers in HTTP."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
                answer = b""
                while len(answer) < LARGEST_ANSWER and (part := await reader.read(LARGEST_ANSWER)):
                    answer += part
            finally:
                writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split(b" ", 2)[1]), body.decode(errors="replace")
    except (OSError, TimeoutError, ValueError, IndexError):
        return None
