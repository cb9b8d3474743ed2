"""The virus scanner, asked over real sockets."""

import socket

import pytest
from clamd import clamd_over_tcp, clamd_over_unix

from gateway.config import BadSetting, Settings
from gateway.scanner import Infected, ScannerBroken, scan

LARGE = bytes(range(256)) * 16_384  # 4 MB


@pytest.fixture(params=["tcp", "unix"])
def clamd(request, tmp_path):
    """Where it listens, as the program has it, and the scanner."""
    with clamd_over_tcp() if request.param == "tcp" else clamd_over_unix(tmp_path) as (address, scanner):
        yield Settings(clamd=address).clamd_address, scanner


@pytest.mark.parametrize("data", [b"x", b"\0" * 65_536, bytes(65_537), LARGE], ids=len)
def test_the_scanner_gets_the_file_as_it_is(clamd, data):
    address, scanner = clamd
    scan(data, address, 20)
    assert scanner.files == [data]


def test_where_no_scanner_is_set_nothing_is_asked():
    scan(b"anything", None, 20)


@pytest.mark.parametrize(
    "parts", [[b"stream: Eicar-Test-Signature FOUND\0"], [b"stre", b"am: Eicar-Test-Sig", b"nature FOUND", b"\0"]], ids=["whole", "split"]
)
def test_a_finding(clamd, parts):
    address, scanner = clamd
    scanner.answer = parts
    with pytest.raises(Infected, match=r"^The virus scanner found Eicar-Test-Signature in the file; it was not added\.$"):
        scan(b"harmless", address, 20)


def test_an_ok_in_pieces(clamd):
    address, scanner = clamd
    scanner.answer = [b"str", b"eam: O", b"K", b"\0"]
    scan(b"harmless", address, 20)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        [b"stream: OK"],
        [b"stream: OK\n"],
        [b"\0"],
        [b"OK\0"],
        [b"stream: FOUND\0"],
        [b"stream: two words FOUND\0"],
        [b"stream: <b>\xff FOUND\0"],
        [b"stream: not OK\0"],
        [b"UNKNOWN COMMAND\0"],
        [b"INSTREAM size limit exceeded. ERROR\0"],
        [b"stream: Can't allocate memory ERROR\0"],
        [b"x" * 5000],
        [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
    ],
)
def test_an_answer_nobody_can_rely_on(clamd, answer):
    address, scanner = clamd
    scanner.answer = answer
    with pytest.raises(ScannerBroken, match="The virus scanner cannot be asked at the moment"):
        scan(b"harmless", address, 20)


def test_a_scanner_that_hangs_up_within_the_file(clamd):
    """As clamd does when the file is longer than it takes (StreamMaxLength)."""
    address, scanner = clamd
    scanner.ends_after, scanner.answer = 100_000, [b"INSTREAM size limit exceeded. ERROR\0"]
    with pytest.raises(ScannerBroken):
        scan(LARGE, address, 20)


@pytest.mark.parametrize("how", ["hangs", "deaf"])
def test_a_scanner_that_says_nothing(clamd, how):
    address, scanner = clamd
    setattr(scanner, how, True)
    with pytest.raises(ScannerBroken):
        scan(LARGE, address, 0.2)


def test_a_scanner_that_drips_gets_no_more_time_for_each_drop(clamd):
    address, scanner = clamd
    scanner.answer = [*[b" "] * 200, b"stream: OK\0"]  # in two seconds all would be well
    with pytest.raises(ScannerBroken):
        scan(b"harmless", address, 0.2)


def test_nobody_listens(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as line:
        port = line.getsockname()[1]
    for address in (("127.0.0.1", port), str(tmp_path / "none.ctl"), str(tmp_path / ("x" * 200)), ("no such host", 3310), ("..", 3310)):
        with pytest.raises(ScannerBroken):
            scan(b"harmless", address, 20)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("", None),
        ("clamd.example:3310", ("clamd.example", 3310)),
        ("10.0.0.1:1", ("10.0.0.1", 1)),
        ("[::1]:3310", ("::1", 3310)),
        ("/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("./clamd.ctl", "./clamd.ctl"),
    ],
)
def test_the_setting(text, address):
    assert Settings.from_environment({"GATEWAY_CLAMD": text}).clamd_address == address


@pytest.mark.parametrize("text", ["clamd", "clamd:", ":3310", "clamd:x", "clamd:0", "clamd:65536", "clamd:３"])
def test_a_setting_nobody_can_use(text):
    with pytest.raises(BadSetting, match="GATEWAY_CLAMD is"):
        Settings.from_environment({"GATEWAY_CLAMD": text})
