"""What may be attached: sizes, numbers, names. The limits are those of portal notes 8.3 and process notes V19; 4 MB are 4,194,304 bytes."""

import pytest
from file_samples import PDF

from gateway.domain.attachments import (
    BadDescription,
    File,
    FileTooLarge,
    NoContent,
    NoRoom,
    TooManyFiles,
    TypeNotAllowed,
    check_room,
    check_type,
    described,
)

IMAGES = ["jpg", "jpeg", "jpe", "jfif", "gif", "tif", "tiff", "png", "bmp"]
CR, COMP = "claimant-representative", "compensator"


def given(**values):
    return {
        "applicationId": "1",
        "dataAttachmentDesc": None,
        "dataAttachmentFileName": "sketch.pdf",
        "dataAttachmentFileZip": PDF,
        "dataAttachmentGuid": None,
        "dataAttachmentTitle": None,
        **{f"dataAttachment{name}": value for name, value in values.items()},
    }


def test_texts_are_trimmed_and_the_bytes_are_not():
    body = b"  %PDF-1.7  "
    file = described(given(FileName=" a b.pdf\n", Title=" The scene ", Desc="\n one\r\n\ttwo \n", FileZip=body))
    assert file == File("a b.pdf", "The scene", "one\r\n\ttwo", body)


@pytest.mark.parametrize("title", [None, "", "  "])
def test_without_a_title_it_is_called_by_its_name(title):
    assert described(given(Title=title)) == File("sketch.pdf", "sketch.pdf", "", PDF)


@pytest.mark.parametrize(("element", "longest"), [("FileName", 255), ("Title", 100), ("Desc", 500)])
def test_longest_texts(element, longest):
    text = ("é" * longest)[:-4] + ".pdf"
    assert len(text) == longest
    file = described(given(**{element: f" {text} "}))
    assert {"FileName": file.name, "Title": file.title, "Desc": file.description}[element] == text
    with pytest.raises(BadDescription, match=f"^dataAttachment{element} has {longest + 1} characters; at most {longest} are allowed.$"):
        described(given(**{element: f"x{text}"}))


@pytest.mark.parametrize("name", [None, "", " \n"])
def test_a_name_must_be_given(name):
    with pytest.raises(BadDescription, match="dataAttachmentFileName must be given"):
        described(given(FileName=name))


@pytest.mark.parametrize("name", ["C:\\letters\\one.pdf", "/etc/one.pdf", "../one.pdf", "one/two.pdf", "\\\\server\\one.pdf"])
def test_a_name_is_no_path(name):
    with pytest.raises(BadDescription, match="dataAttachmentFileName holds a path"):
        described(given(FileName=name))


@pytest.mark.parametrize("odd", '<>:"|?*')
def test_a_name_can_be_saved_on_windows(odd):
    with pytest.raises(BadDescription, match="which cannot be in the name of a file on Windows"):
        described(given(FileName=f"a{odd}b.pdf"))
    assert described(given(Title=f"a{odd}b")).title == f"a{odd}b"


@pytest.mark.parametrize("element", ["FileName", "Title"])
@pytest.mark.parametrize("control", ["\n", "\t", "\r", "\x7f", "\x85", "\u2028", "\u202e"])
def test_names_and_titles_are_one_line(element, control):
    with pytest.raises(BadDescription, match=f"dataAttachment{element} holds a control character."):
        described(given(**{element: f"fdp.{control}exe.pdf"}))


def test_a_description_may_have_lines_and_no_other_control_character():
    assert described(given(Desc="one\r\n\ttwo")).description == "one\r\n\ttwo"
    with pytest.raises(BadDescription, match="dataAttachmentDesc holds a control character"):
        described(given(Desc="one\u202etwo"))


@pytest.mark.parametrize("body", [None, b""])
def test_an_empty_file(body):
    with pytest.raises(NoContent, match="dataAttachmentFileZip is empty"):
        described(given(FileZip=body))


@pytest.mark.parametrize("size", [4_194_303, 4_194_304])
def test_the_largest_file(size):
    assert len(described(given(FileZip=bytes(size))).body) == size


def test_a_file_that_is_too_large():
    with pytest.raises(FileTooLarge, match=r"^The file has 4,194,305 bytes; at most 4,194,304 \(4 MB\) are allowed.$"):
        described(given(FileZip=bytes(4_194_305)))


# numbers and room: side to number of files and bytes


@pytest.mark.parametrize(("side", "most"), [(CR, 40), (COMP, 10)])
@pytest.mark.parametrize("release", ["R6", "R7"])
def test_the_number_of_a_sides_files(side, most, release):
    check_room(side, release, {}, 1)
    check_room(side, release, {side: (most - 1, 0)}, 1)
    with pytest.raises(TooManyFiles, match=f"^Your side has added {most} attachments to the claim; more than {most} are not allowed.$"):
        check_room(side, release, {side: (most, 0)}, 1)


def test_the_other_sides_files_are_not_counted():
    check_room(COMP, "R7", {CR: (40, 0), COMP: (9, 0)}, 1)
    check_room(CR, "R7", {CR: (39, 0), COMP: (10, 0)}, 1)


@pytest.mark.parametrize("release", ["R3", "R5"])
def test_the_number_was_free_before_release_6(release):
    check_room(CR, release, {CR: (400, 0)}, 1)
    check_room(COMP, release, {COMP: (100, 0)}, 1)


@pytest.mark.parametrize("release", ["R3", "R7"])
@pytest.mark.parametrize("taken", [{CR: (5, 20_971_420)}, {COMP: (5, 20_971_420)}, {CR: (1, 971_420), COMP: (5, 20_000_000)}])
def test_the_room_of_a_claim_is_that_of_both_sides(release, taken):
    """20 MB are 20,971,520 bytes, 100 more than are taken."""
    for size in (99, 100):
        check_room(CR, release, taken, size)
    with pytest.raises(NoRoom, match=r"20,971,420 bytes already, and the file has 101; at most 20,971,520 \(20 MB\) are allowed for a claim"):
        check_room(CR, release, taken, 101)


# types and names


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("pdf", ["a.pdf", "a.PDF", "a.b.Pdf", ".pdf"]),
        ("txt", ["a.txt"]),
        ("doc", ["a.doc", "a.docx", "a.rtf"]),
        ("docx", ["a.doc", "a.docx", "a.rtf"]),
        ("rtf", ["a.doc", "a.docx", "a.rtf"]),
        ("xls", ["a.xls", "a.xlsx"]),
        ("xlsx", ["a.xls", "a.xlsx"]),
        *((kind, [f"a.{one}" for one in IMAGES]) for kind in ("jpg", "gif", "tif", "png", "bmp")),
    ],
)
def test_names_of_what_the_same_program_opens(kind, names):
    for name in names:
        check_type(kind, name)


@pytest.mark.parametrize(
    ("kind", "name"),
    [("txt", "a.exe"), ("txt", "a.pdf"), ("png", "a.pdf"), ("pdf", "a.png"), ("doc", "a.xls"), ("xlsx", "a.zip"), ("rtf", "a.txt"), ("jpg", "a")],
)
def test_a_name_that_says_something_else(kind, name):
    with pytest.raises(TypeNotAllowed, match=f"The content of the file is {kind}; dataAttachmentFileName must then end in one of \\."):
        check_type(kind, name)


def test_a_content_of_no_allowed_type():
    with pytest.raises(TypeNotAllowed, match="of no type that is allowed: pdf, txt, doc, docx, rtf, xls, xlsx, jpg, gif, tif, png, bmp"):
        check_type(None, "a.pdf")
