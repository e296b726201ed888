"""WebSocket frames (RFC 6455) as the subscribers take them apart."""

from bench.kit.crowd import client_frame, taken_frames

TEXT = 0x1


def test_complete_frames_are_taken_out_and_the_rest_stays() -> None:
    buffer = bytearray(b"\x81\x02hi" + b"\x89\x00" + b"\x81\x05hel")

    assert taken_frames(buffer) == [(0x1, b"hi"), (0x9, b"")]
    assert buffer == b"\x81\x05hel"


def test_longer_frames_carry_their_length_in_two_bytes() -> None:
    payload = b"x" * 300

    assert taken_frames(bytearray(b"\x81\x7e\x01\x2c" + payload)) == [(TEXT, payload)]


def test_what_a_client_sends_is_masked_with_zeros() -> None:
    assert client_frame(b"hi", TEXT) == b"\x81\x82\0\0\0\0hi"
    assert client_frame(b"x" * 300, TEXT)[:8] == b"\x81\xfe\x01\x2c\0\0\0\0"
