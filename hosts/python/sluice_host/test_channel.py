import os
import socket
import threading

import pytest

from sluice_host import channel
from sluice_host.channel import Channel, Closed, encode


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    yield Channel(ours.fileno()), theirs
    ours.close()
    theirs.close()


def test_a_frame_comes_back_as_it_was_written(ends):
    link, peer = ends
    peer.sendall(
        encode(82, {"run": 1, "t": "é"}, [("a", "json", b"{}"), ("b", "bytes", b"\0\xff")])
    )
    frame = link.next()
    assert frame.type == 82 and frame.head["t"] == "é"
    assert frame.parts == {"a": ("json", b"{}"), "b": ("bytes", b"\0\xff")}


def test_a_part_may_say_more_than_its_length(ends):
    link, peer = ends
    peer.sendall(encode(82, {"parts": [["a", "json", 0, 2], ["b", "text", 0, 1, {}]]}))
    assert link.next().parts == {"a": ("json", b""), "b": ("text", b"")}


def test_heads_hold_any_text(ends):
    link, peer = ends
    head = {"t": "é\ud800\u2028\0", "n": 1 << 70, "d": [0.1, None, {}]}
    peer.sendall(encode(82, head))
    assert link.next().head == head


@pytest.mark.parametrize("value", [float("nan"), object()])
def test_heads_hold_only_what_json_has_a_word_for(value):
    with pytest.raises((TypeError, ValueError)):
        encode(82, {"run": 1, "x": value})


def test_the_short_answer_is_an_ordinary_frame(ends):
    link, peer = ends
    peer.sendall(encode(68, {"run": 12}))
    assert link.next().head == {"run": 12}


def test_several_frames_of_one_write_come_in_order(ends):
    link, peer = ends
    peer.sendall(b"".join(encode(80, {"n": n}) for n in range(50)))
    assert [link.next().head["n"] for _ in range(50)] == list(range(50))


def test_bytes_may_come_one_by_one(ends):
    link, peer = ends
    data = encode(80, {"n": 1}) + encode(80, {"n": 2})

    def trickle():
        for at in range(len(data)):
            peer.sendall(data[at : at + 1])

    thread = threading.Thread(target=trickle)
    thread.start()
    assert link.next().head["n"] == 1 and link.next().head["n"] == 2
    thread.join()


def test_a_large_frame_is_gathered(ends):
    link, peer = ends
    body = os.urandom(3_000_000)
    data = encode(82, {"run": 1}, [("a", "bytes", body)]) + encode(80, {"n": 2})
    thread = threading.Thread(target=peer.sendall, args=(data,))
    thread.start()
    assert link.next().parts["a"] == ("bytes", body)
    assert link.next().head["n"] == 2
    thread.join()


@pytest.mark.parametrize(
    "data",
    [
        b"\x04\0\0\0",
        b"\xff\xff\xff\xff",
        b"\x07\0\0\0P\x7f\0\0\0{}",
        b"\x08\0\0\0P\x03\0\0\0[1]",
        b"\x07\0\0\0P\x02\0\0\0{]",
        b"\x08\0\0\0P\x02\0\0\0{}x",
        encode(82, {"x": 1, "parts": [["a", "text", 9]]}),
        encode(82, {"x": 1, "parts": [["a", "text", -1]]}),
        encode(82, {"x": 1, "parts": [["a"]]}),
        encode(82, {"x": 1, "parts": 7}),
        encode(82, {"x": 1, "parts": [{}]}),
        encode(82, {"x": 1, "parts": ["abc"]}),
    ],
)
def test_what_is_no_frame_ends_the_connection(ends, data):
    link, peer = ends
    peer.sendall(data)
    with pytest.raises(Closed):
        link.next()


def test_the_end_of_the_stream_ends_the_connection(ends):
    link, peer = ends
    peer.sendall(encode(80, {"n": 1})[:-1])
    peer.close()
    with pytest.raises(Closed):
        link.next()


def test_what_is_queued_is_sent_before_waiting(ends):
    link, peer = ends
    link.queue(encode(68, {"run": 1}))
    link.queue(encode(68, {"run": 2}))
    peer.sendall(encode(80, {"n": 1}))
    link.next()  # here already: nothing has to be sent for it
    peer.shutdown(socket.SHUT_WR)
    with pytest.raises(Closed):
        link.next()
    assert peer.recv(1000) == encode(68, {"run": 1}) + encode(68, {"run": 2})


def test_a_note_left_while_bytes_move_is_raised_afterwards(ends):
    link, _ = ends
    link.hold()
    link.note = KeyError("late")
    with pytest.raises(KeyError):
        link.release()
    assert link.note is None and not link.held


def test_a_result_that_is_too_large_is_refused():
    with pytest.raises(ValueError):
        encode(68, {"run": 1}, [("a", "bytes", bytes(channel.MAX_FRAME))])
