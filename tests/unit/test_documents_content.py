"""Values as a person reads them, and the labels behind them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from lxml import etree

from gateway.documents.content import Source, day, percent, pounds, written, yes_no
from gateway.documents.declared import Part, Ticked, Value, sections
from gateway.documents.model import Fields, Section, Text
from gateway.xml.labels import Kind, kinds
from gateway.xml.node import Node

CODE = Kind("code", {"0": "No", "1": "Yes"})


@pytest.mark.parametrize(
    ("amount", "expected"),
    [("1234.5", "£1,234.50"), ("0", "£0.00"), ("-0.5", "-£0.50"), ("1234567.89", "£1,234,567.89"), ("-1234.50", "-£1,234.50")],
)
def test_pounds(amount: str, expected: str) -> None:
    assert pounds(Decimal(amount)) == expected


@pytest.mark.parametrize(("share", "expected"), [("10", "10%"), ("12.50", "12.5%"), ("0.00", "0%"), ("100", "100%"), ("33.33", "33.33%")])
def test_percent(share: str, expected: str) -> None:
    assert percent(Decimal(share)) == expected


def test_days_and_flags_of_our_own() -> None:
    assert day(date(2026, 3, 4)) == "04/03/2026"
    assert (yes_no(True), yes_no(False)) == ("Yes", "No")


@pytest.mark.parametrize(
    ("raw", "kind", "expected"),
    [
        ("2026-03-04", Kind("date"), "04/03/2026"),
        ("2026-03-04Z", Kind("date"), "04/03/2026"),
        ("2026-03-04+01:00", Kind("date"), "04/03/2026"),
        ("still on hire", Kind("date"), "still on hire"),
        ("2026-03-04 at noon", Kind("date"), "2026-03-04 at noon"),
        ("09:05", Kind("time"), "09:05"),
        ("09:05:59", Kind("time"), "09:05"),
        ("1250.5", Kind("amount"), "£1,250.50"),
        ("12.50", Kind("percent"), "12.5%"),
        ("007", Kind("number"), "7"),
        ("1", CODE, "Yes"),
        ("0", CODE, "No"),
        ("01", CODE, "Yes"),
        ("+0", CODE, "No"),
        ("two\nlines", Kind("text"), "two\nlines"),
    ],
)
def test_each_sort_of_value(raw: str, kind: Kind, expected: str) -> None:
    assert written(raw, kind) == expected


def test_labels_come_from_the_schema_of_the_release() -> None:
    rta = kinds("rta", "R7", "addClaim")
    assert rta["AccidentData/AccidentDetails/@ClaimantType"].labels["3"] == "A pedestrian"
    assert rta["RepairsAndAlternativeVehicleProvision/Repairs/@TotalLoss"].labels == {"0": "Yes", "1": "No", "2": "Don't Know"}
    assert rta["ApplicationData/ClaimDetails/@ClaimValue"].labels == {"1": "Up to 10,000", "2": "Up to 25,000"}
    assert rta["AccidentData/AccidentDetails/@AccidentTime"] == Kind("time")
    assert rta["AccidentData/AccidentDetails/@AccidentDate"] == Kind("date")
    assert rta["AccidentData/AccidentDetails/@OccupantsNumber"] == Kind("number")
    assert rta["AccidentData/AccidentDetails/@AccidentLocation"] == Kind("text")
    assert "ApplicationData/ClaimDetails/@OICReferenceNumber" not in kinds("rta", "R6", "addClaim")
    assert kinds("rta", "R7", "addClaim") is rta


def test_a_meaning_nobody_published_is_called_so() -> None:
    where = kinds("elpl", "R6", "addClaim")["AccidentData/AccidentDetails/@ClaimantLocation"]
    assert where.labels["2"] == "Choice 2 (meaning not published)"


def test_amounts_and_shares_of_the_packs() -> None:
    pack = kinds("rta", "R7", "addStage2SPFRequest")
    assert pack["ClaimantLosses/CurrentClaimantOffer/@GrossValueClaimed"] == Kind("amount")
    assert pack["ClaimantLosses/CurrentClaimantOffer/@PercContribNegDeductions"] == Kind("percent")
    assert pack["ClaimantLosses/CurrentClaimantOffer/@LossType"].labels["2"] == "Car Hire"


def source(markup: str, **known: Kind) -> Source:
    return Source(Node(etree.fromstring(markup)), {path.replace("__", "/@").replace("_at_", "@"): kind for path, kind in known.items()})


TEXT = Kind("text")
TITLE = Kind("code", {"1": "Mr", "5": "Other"})


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('TitleType="1" Name="Kim" MiddleName="Lee" Surname="Poe"', "Mr Kim Lee Poe"),
        ('TitleType="5" OtherTitle="Dr" Surname="Poe"', "Dr Poe"),
        ('TitleType="5" Surname="Poe"', "Poe"),
        ('TitleType="1" OtherTitle="Sir" Surname="Poe"', "Sir Poe"),
        ('Surname=" "', None),
    ],
)
def test_persons(attributes: str, expected: str | None) -> None:
    given = source(f"<A><P {attributes}/></A>", P__TitleType=TITLE, P__OtherTitle=TEXT, P__Name=TEXT, P__MiddleName=TEXT, P__Surname=TEXT)
    assert given.person("P") == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('Country="Wales" PostCode="ZZ99 1AA" City="Tenby" Street1="Row" HouseNumber="2"', "2 Row, Tenby, ZZ99 1AA, Wales"),
        ('HouseNumber="2"', "2"),
        ('HouseName="The Hut" City="Tenby"', "The Hut, Tenby"),
        ("", None),
    ],
)
def test_addresses(attributes: str, expected: str | None) -> None:
    names = ("Country", "PostCode", "City", "Street1", "HouseNumber", "HouseName")
    assert source(f"<A><P {attributes}/></A>", **{f"P__{name}": TEXT for name in names}).address("P") == expected


def test_a_part_with_nothing_to_say_vanishes_and_repeated_ones_are_numbered() -> None:
    form = (
        Part("Empty", (Value("Nothing", "@B"),), (Part("Inner", (Value("Nothing", "@B"),)),)),
        Part("All", parts=(Part("Item", (Value("Name", "@C"), Value("Story", "@D", long=True), Value("Size", "@E", unit=" cm")), each="I"),)),
    )
    given = source('<A><I C="one" D="long" E="3"/><I/><I C="three"/></A>', _at_B=TEXT, I__C=TEXT, I__D=TEXT, I__E=Kind("number"))
    assert sections(form, given) == (
        Section(
            "All",
            (),
            (
                Section("Item 1", (Fields((("Name", "one"),)), Text("Story", "long"), Fields((("Size", "3 cm"),)))),
                Section("Item 3", (Fields((("Name", "three"),)),)),
            ),
        ),
    )
    assert {path for part in form for path in part.paths()} == {"@B", "I/@C", "I/@D", "I/@E"}


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('Sun="1" Ice="0"', "Sun"),
        ('Other="1" Sun="1"', "Sun; Other"),
        ('Other="0" What="Hail"', "Other: Hail"),
        ('Other="1" What="Hail"', "Other: Hail"),
    ],
)
def test_ticked_boxes(attributes: str, expected: str) -> None:
    row = Ticked("Weather", "W", (("Sun", "Sun"), ("Ice", "Ice"), ("Other", "Other")), "What")
    given = source(f"<A><W {attributes}/></A>", W__Sun=CODE, W__Ice=CODE, W__Other=CODE, W__What=TEXT)
    assert row.read(given) == expected
