"""The printed packs: what stands in them, with figures worked out by hand from the fixtures and those of the index."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from lxml import etree
from printed import fields, section, tables, texts, titles, words
from test_get_claim_packs import PAID, after, fixture, flows, index, sums, told

from gateway.documents import additional_damages, court, interim, settlement
from gateway.documents.model import Document, Fields, Section, Table, Text
from gateway.xml.get_claim import ClaimView

MADE = date(2027, 3, 1)
PRINTED = {"Interim": interim, "Stage2": settlement, "S2SPF": additional_damages, "CPPF": court}
REASON = (
    "Mr Whitcombe lost nine days' pay and has paid for his physiotherapy himself. The report of Dr Miriam Halloran recommends one more session "
    "and a gym programme, which he cannot afford before settlement."
)
SHIFTS = "Net loss of nine shifts from 15 to 25 June 2026; payslips for March to June attached."


def flow(name: str, steps: int | None = None, process: str = "rta", release: str = "R7", **state: Any) -> ClaimView:
    """The claim after the first `steps` documents of a flow of the index, a week apart from 4 January 2027; its interim payment was made."""
    return after(process, release, index(process)["flow"][name]["documents"][:steps], PAID | state)


def of_settlement(claim: ClaimView) -> Document:
    return settlement.document(claim, "RTA5", MADE)


def test_an_interim_pack_answered_in_part() -> None:
    contact = ("Contact", "Ada Thornbury"), ("Reference", "QF/2026/04417"), ("Telephone", "01632 960142"), ("E-mail", "claims@quillfeather.example")
    insurer = (
        ("Contact", "Ivo Larkfield"),
        ("Reference", "TI/26/118342"),
        ("Telephone", "020 7946 0331"),
        ("E-mail", "motor.claims@thistledown.example"),
        ("CRU reference number", "QXK417"),
    )
    believed = (
        "The claimant believes that the facts stated in this interim settlement pack are true. "
        "I am authorised by the claimant to sign this statement on the claimant's behalf."
    )
    less = "On the report the injury had largely settled by October. We put no more than £390.00 on account."
    claim = replace(flow("interim-in-part"), running=("interim-high", date(2027, 1, 25)))
    found = interim.document(claim, "RTA4", MADE)
    assert (found.title, found.form, found.application_id, found.created_on) == ("Interim Settlement Pack", "RTA4", "0000000000017776", MADE)
    assert dict(found.parties) == {
        "Claimant": "Mr Daniel James Whitcombe",
        "Claimant's representative": "Quillfeather Injury Law LLP",
        "Defendant": "Mrs Karen Sutcliffe",
        "Compensator": "Thistledown Insurance plc",
    }
    assert "QF/2026/04417" in dict(found.references).values()
    assert found.sections == (
        Section("Claimant's representative", (Fields(contact),)),
        Section("Compensator", (Fields(insurer),)),
        Section(
            "Medical evidence",
            (Fields((("Medical reports attached", "One report"), ("Soft tissue injury claim", "Yes"), ("MedCo case number", "2061184/1"))),),
        ),
        Section(
            "Request for an interim payment",
            (
                Fields(
                    (
                        ("Number of the pack", "1"),
                        ("Requested on", "04/01/2027"),
                        ("Interim payment requested", "£2,400.00"),
                        ("More than £1,000 requested", "Yes"),
                    )
                ),
                Text("Reasons for the request", REASON),
            ),
        ),
        Section(
            "Losses to date",
            (
                Table(
                    ("No.", "Head of loss", "Side", "Gross", "Contribution", "Net", "In dispute"),
                    (
                        ("1", "Loss of earnings for Claimant", "Claimed", "£1,250.00", "0%", "£1,250.00", ""),
                        ("1", "", "Offered", "£1,250.00", "0%", "£1,250.00", "£0.00"),
                        ("2", "Medical Expenses", "Claimed", "£360.00", "0%", "£360.00", ""),
                        ("2", "", "Offered", "£360.00", "0%", "£360.00", "£0.00"),
                        ("3", "General Damages", "Claimed", "£790.00", "0%", "£790.00", ""),
                        ("3", "", "Offered", "£390.00", "0%", "£390.00", "£400.00"),
                    ),
                    right=frozenset({3, 4, 5, 6}),
                    label="Heads of loss claimed and offered",
                ),
                Table(
                    ("No.", "Side", "Pursued", "Evidence attached", "Gross amount agreed", "Comments"),
                    (
                        ("1", "Claimed", "Yes", "Yes", "", SHIFTS),
                        ("1", "Offered", "", "", "Yes", ""),
                        ("2", "Claimed", "Yes", "Yes", "", "Six sessions of physiotherapy at £60.00; invoices attached."),
                        ("2", "Offered", "", "", "Yes", ""),
                        ("3", "Claimed", "Yes", "Yes", "", "Payment on account of general damages."),
                        ("3", "Offered", "", "", "No", less),
                    ),
                    label="Evidence and comments",
                ),
                Table(
                    ("Claimed", "Amount"),
                    (
                        ("Whiplash tariff", "£0.00"),
                        ("General damages", "£790.00"),
                        ("Other losses", "£1,610.00"),
                        ("Uplift for exceptional circumstances", "£0.00"),
                    ),
                    total=(("Total claimed", "£2,400.00"),),
                    right=frozenset({1}),
                ),
                Table(
                    ("Offered", "Amount"),
                    (("Total offered", "£2,000.00"), ("Less CRU deductions", "£0.00")),
                    total=(("Net value", "£2,000.00"),),
                    right=frozenset({1}),
                ),
            ),
        ),
        Section(
            "Answer",
            (
                Fields((("Answered on", "11/01/2027"), ("Interim payment agreed", "£2,000.00"))),
                Text("Compensator's comments", "Earnings and physiotherapy are agreed, general damages in part."),
            ),
        ),
        Section("Time limits", (Fields((("Next step due before", "25/01/2027"),)),)),
        Section(
            "Statement of truth",
            (
                Text("Statement", believed),
                Fields((("Signed by", "Claimant Solicitor"), ("Is a signed copy kept by the representative?", "Yes"), ("Date sent", "04/01/2027"))),
            ),
        ),
    )


def test_an_interim_pack_not_yet_answered_says_nothing_of_an_answer() -> None:
    found = interim.document(flow("interim-in-part", 1), "RTA4", MADE)
    assert titles(found) == [
        "Claimant's representative",
        "Medical evidence",
        "Request for an interim payment",
        "Losses to date",
        "Statement of truth",
    ]
    losses = tables(section(found, "Losses to date"))
    assert list(losses) == ["Heads of loss claimed", "Evidence and comments", "Claimed"]
    assert losses["Heads of loss claimed"].header == ("No.", "Head of loss", "Gross", "Contribution", "Net")
    assert losses["Heads of loss claimed"].rows[2] == ("3", "General Damages", "£790.00", "0%", "£790.00")


def test_of_several_interim_packs_the_last_is_meant() -> None:
    packs = [
        "addInterimSPFRequest/plain.xml",
        "addInterimSPFResponse/full-to-plain.xml",
        "addInterimSPFRequest/exactly-1000-with-contribution.xml",
    ]
    state = {"interims": [{"paid": True, "answered-on": "2027-01-11"}, {"extended": True, "rejected": "Not justified.", "answered-on": "2027-02-01"}]}
    found = interim.document(after("rta", "R7", packs, state), "RTA4", MADE)
    request = fields(section(found, "Request for an interim payment"))
    assert request == {
        "Number of the pack": "2",
        "Requested on": "18/01/2027",
        "Interim payment requested": "£1,000.00",
        "More than £1,000 requested": "No",
    }
    assert tables(section(found, "Losses to date"))["Claimed"].total == (("Total claimed", "£900.00"),)
    assert fields(section(found, "Answer")) == {"Answered on": "01/02/2027", "Comment on the rejection": "Not justified."}
    assert fields(section(found, "Time limits")) == {"Extended": "Yes"}


def test_a_partial_payment_decided() -> None:
    claim = after("rta", "R7", index("rta")["flow"]["interim-in-part"]["documents"], {"interims": [{"decision": "NAC"}]})
    assert fields(section(interim.document(claim, "RTA4", MADE), "Answer"))["Partial payment"] == "Not accepted"


def test_a_settlement_pack_as_it_is_sent() -> None:
    found = of_settlement(replace(flow("counter-offer-accepted", 3), running=("settlement", date(2027, 2, 8))))
    assert titles(found) == ["Claimant's representative", "Medical evidence", "Losses", "Offers and answers", "Time limits", "Statement of truth"]
    losses = tables(section(found, "Losses"))
    assert losses["Heads of loss claimed"].rows[1] == ("2", "Loss of earnings for Claimant", "£1,250.00", "0%", "£1,250.00", "£15.60")
    # 5,620.00 and interest of 15.60, 5.25 and 4.35; without the general damages of 3,600.00 it is 2,045.20
    assert dict(losses["Claimed"].rows)["Other losses"] == "£2,045.20"
    assert losses["Claimed"].total == (("Total claimed", "£5,645.20"),)
    assert tables(section(found, "Offers and answers"))["No."] == Table(
        ("No.", "Date", "By", "Offer or answer"), (("1", "18/01/2027", "Claimant", "Settlement pack"),)
    )
    comment = "The claimant went back to full duties on 29 June 2026. An early reply would be welcome."
    assert texts(section(found, "Offers and answers")) == {"Comments on No. 1, claimant": comment}
    assert fields(section(found, "Time limits")) == {"Next step due before": "08/02/2027"}


def test_every_offer_in_order_until_one_is_accepted() -> None:
    agreed = {"by": "compensator", "agreed": True, "on": "2027-02-08"}
    claim = replace(flow("counter-offer-accepted", agreement=agreed), child_at_stage2_agreement=False)
    found = of_settlement(claim)
    said = section(found, "Offers and answers")
    # the gross of each offer less the interim payment of 2,400.00
    assert tables(said)["No."] == Table(
        ("No.", "Date", "By", "Offer or answer", "Gross", "Less interim payments", "Less CRU deductions", "Net"),
        (
            ("1", "18/01/2027", "Claimant", "Settlement pack", "", "", "", ""),
            ("2", "25/01/2027", "Compensator", "Counter Offer", "£4,945.20", "£2,400.00", "£0.00", "£2,545.20"),
            ("3", "01/02/2027", "Claimant", "Counter offer", "£5,345.20", "£2,400.00", "£0.00", "£2,945.20"),
            ("4", "08/02/2027", "Compensator", "Accept counter offer", "£5,345.20", "£2,400.00", "£0.00", "£2,945.20"),
        ),
        right=frozenset({4, 5, 6, 7}),
    )
    assert [one.title for one in said.sections] == [
        "Heads of loss stated in No. 1 (Settlement pack), since replaced",
        "Heads of loss stated in No. 2 (Counter Offer), since replaced",
    ]
    assert tables(said.sections[0])["Heads of loss claimed"].rows[0] == ("1", "General Damages", "£3,600.00", "0%", "£0.00")
    assert tables(said.sections[1])["Heads of loss offered"].rows[0] == ("1", "General Damages", "£2,900.00", "0%", "£0.00")
    standing = tables(section(found, "Losses"))
    assert standing["Heads of loss claimed and offered"].rows[:2] == (
        ("1", "General Damages", "Claimed", "£3,300.00", "0%", "£3,300.00", "£0.00", ""),
        ("1", "", "Offered", "£3,300.00", "0%", "£3,300.00", "£0.00", "£0.00"),
    )
    assert standing["Offered"] == Table(
        ("Offered", "Amount"),
        (("Total offered", "£5,345.20"), ("Less interim payments received", "£2,400.00"), ("Less CRU deductions", "£0.00")),
        total=(("Net value", "£2,945.20"),),
        right=frozenset({1}),
    )
    assert fields(section(found, "Agreement")) == {
        "Agreement reached": "Yes",
        "Decided by": "Compensator",
        "Decided on": "08/02/2027",
        "Gross amount agreed": "£5,345.20",
        "Net amount agreed": "£2,945.20",
        "Claimant a child at the agreement": "No",
    }


def test_which_heads_are_agreed() -> None:
    found = of_settlement(flow("counter-offer-accepted", 4))
    table = tables(section(found, "Losses"))["Evidence and comments"]
    assert table.header == ("No.", "Side", "Evidence attached", "Gross amount agreed", "Head agreed", "Comments")
    assert [(row[0], row[1], row[3], row[4]) for row in table.rows[:4]] == [
        ("1", "Claimed", "", "No"),
        ("1", "Offered", "No", "No"),
        ("2", "Claimed", "", "Yes"),
        ("2", "Offered", "Yes", "Yes"),
    ]


def test_a_repudiation_offers_nothing() -> None:
    found = of_settlement(flow("repudiated"))
    assert tables(section(found, "Losses"))["Offered"].rows[0] == ("Total offered", "£0.00")
    assert tables(section(found, "Losses"))["Offered"].total == (("Net value", "-£2,400.00"),)
    assert fields(section(found, "Agreement")) == {"Agreement reached": "No", "Decided by": "Compensator", "Decided on": "25/01/2027"}


TO_COURT = "to-court"  # ends with a new offer of the compensator, on 8 February


@pytest.mark.parametrize(
    ("by", "agreed", "on", "steps", "expected"),
    [
        pytest.param("claimant-representative", True, "2027-02-10", 6, "Claimant's representative", id="accepted"),
        pytest.param("claimant-representative", True, "2027-02-08", 6, "Claimant's representative", id="accepted-the-same-day"),
        pytest.param("claimant-representative", False, "2027-02-10", 6, "Claimant's representative", id="refused"),
        pytest.param("compensator", False, "2027-02-08", 6, "Compensator", id="refused-by-a-new-offer-in-the-further-days"),
        pytest.param("claimant-representative", False, "2027-02-08", 6, None, id="refused-the-same-day-by-whom-cannot-be-told"),
        pytest.param("claimant-representative", False, "2027-01-25", 4, "Claimant's representative", id="first-counter-offer-refused-the-same-day"),
        pytest.param("compensator", True, "2027-02-03", 5, "Compensator", id="offer-of-the-last-days-accepted"),
        pytest.param("compensator", False, "2027-02-03", 5, "Compensator", id="offer-of-the-last-days-refused"),
    ],
)
def test_who_decided(by: str, agreed: bool, on: str, steps: int, expected: str | None) -> None:
    found = fields(section(of_settlement(flow(TO_COURT, steps, agreement={"by": by, "agreed": agreed, "on": on})), "Agreement"))
    assert found.get("Decided by") == expected
    assert found["Agreement reached"] == ("Yes" if agreed else "No")
    assert found["Decided on"] == f"{date.fromisoformat(on):%d/%m/%Y}"
    assert ("Net amount agreed" in found) is agreed


def test_a_pack_under_negotiation_says_nothing_of_an_agreement() -> None:
    assert "Agreement" not in titles(of_settlement(flow(TO_COURT, 6)))


def test_a_pack_confirmed_is_agreed_by_its_answer() -> None:
    found = of_settlement(flow("settled-after-interim"))
    # 5,645.20 less the interim payment of 2,400.00
    assert fields(section(found, "Agreement")) == {
        "Agreement reached": "Yes",
        "Decided by": "Compensator",
        "Decided on": "25/01/2027",
        "Gross amount agreed": "£5,645.20",
        "Net amount agreed": "£3,245.20",
    }
    assert tables(section(found, "Offers and answers"))["No."].rows[1][3] == "Confirm"


def test_a_time_limit_moved() -> None:
    extension = {"clock": "negotiation", "to": "2027-03-15", "reason": "1", "on": "2027-02-09"}
    claim = replace(flow(TO_COURT, 6, extensions=[extension]), running=("settlement", date(2027, 3, 15)))
    assert fields(section(of_settlement(claim), "Time limits")) == {
        "Next step due before": "15/03/2027",
        "Extended to": "15/03/2027",
        "Reason for the extension": "agreed between the parties",
    }


def test_the_limit_of_another_pack_is_not_told() -> None:
    assert "Time limits" not in titles(of_settlement(replace(flow(TO_COURT, 6), running=("court", date(2027, 3, 15)))))


def test_the_whiplash_tariff_and_its_uplift() -> None:
    found = section(of_settlement(flow("uplift-accepted", 3)), "Losses")
    injury, duration = "Whiplash with minor psychological injury", "More than 9 and up to 12 months"
    assert tables(found)["Whiplash tariff"] == Table(
        ("No.", "Side", "Injury", "Duration", "Exceptional circumstances", "Uplift"),
        (("1", "Claimed", injury, duration, "Yes", "10 per cent"), ("1", "Offered", injury, duration, "Yes", "5 per cent")),
        label="Whiplash tariff",
    )
    note = "Mr Whitcombe is the only carer of a disabled son and could not lift him for eleven months; see paragraph 11 of the report."
    assert texts(found) == {"Exceptional circumstances, No. 1": note}
    # 10 per cent of 1,595.00; 1,250.00 with interest of 15.60
    assert tables(found)["Claimed"] == Table(
        ("Claimed", "Amount"),
        (
            ("Whiplash tariff", "£1,595.00"),
            ("General damages", "£0.00"),
            ("Other losses", "£1,265.60"),
            ("Uplift for exceptional circumstances", "£159.50"),
        ),
        total=(("Total claimed", "£3,020.10"),),
        right=frozenset({1}),
    )
    # 5 per cent of 1,595.00 is 79.75
    assert tables(found)["Offered"].rows[0] == ("Total offered", "£2,940.35")


@pytest.mark.parametrize(("process", "release"), [("rta", "R6"), ("elpl", "R6")])
def test_there_is_only_a_total_where_there_is_no_tariff(process: str, release: str) -> None:
    found = tables(section(of_settlement(flow("counter-offer-accepted", 4, process, release)), "Losses"))
    assert found["Claimed"].rows == ()
    assert ("Contribution" in found["Heads of loss claimed and offered"].header) is (process == "rta")


def test_additional_damages_with_the_persons_of_the_settlement_pack() -> None:
    extension = {"clock": "additional-damages", "to": "2027-04-01", "reason": "2", "on": "2027-02-20"}
    decided = {"by": "claimant-representative", "agreed": True, "on": "2027-02-24"}
    state = {"extensions": [extension], "additional-damages-agreement": decided}
    claim = replace(flow("additional-damages-to-court", 8, **state), child_at_additional_damages_agreement=True, child_at_stage2_agreement=False)
    found = additional_damages.document(claim, "RTA5", MADE)
    assert found.title == "Stage 2 Settlement Pack with Additional Damages"
    assert titles(found) == ["Claimant's representative", "Compensator", "Losses", "Offers and answers", "Agreement", "Time limits"]
    assert fields(section(found, "Compensator"))["Contact"] == "Ivo Larkfield"
    assert tables(section(found, "Losses"))["Heads of loss claimed and offered"].rows[2:4] == (
        ("2", "Car Hire", "Claimed", "£884.00", "0%", "£884.00", "£4.40", ""),
        ("2", "", "Offered", "£612.00", "0%", "£612.00", "£4.40", "£272.00"),
    )
    # none of them was in the settlement pack
    details = tables(section(found, "Losses"))["Evidence and comments"]
    assert {row[details.header.index("Agreed earlier")] for row in details.rows} == {"No"}
    assert tables(section(found, "Offers and answers"))["No."].rows == (
        ("1", "15/02/2027", "Claimant", "Additional damages", "£1,285.30", "£0.00", "", "£1,285.30"),
        ("2", "22/02/2027", "Compensator", "Counter offer", "£1,013.30", "£0.00", "£0.00", "£1,013.30"),
    )
    assert fields(section(found, "Agreement")) == {
        "Agreement reached": "Yes",
        "Decided by": "Claimant's representative",
        "Decided on": "24/02/2027",
        "Gross amount agreed": "£1,013.30",
        "Net amount agreed": "£1,013.30",
        "Claimant a child at the agreement": "Yes",
    }
    assert fields(section(found, "Time limits")) == {"Extended to": "01/04/2027", "Reason for the extension": "other reason"}


def test_the_settlement_pack_says_nothing_of_additional_damages() -> None:
    found = of_settlement(flow("additional-damages-agreed"))
    assert [row[3] for row in tables(section(found, "Offers and answers"))["No."].rows] == [
        "Settlement pack",
        "Counter Offer",
        "Counter offer",
        "New counter offer",
    ]


def of_court(steps: int | None = None) -> Document:
    claim = flow("additional-damages-to-court", steps)
    return court.document(replace(claim, running=("court", date(2027, 3, 8))), "RTA6", MADE)


def test_the_court_pack_in_two_parts() -> None:
    found = of_court()
    assert [one.title for one in found.sections] == ["Part A", "Part B"]
    part_a, part_b = found.sections
    assert fields(part_a) == {"Sent on": "01/03/2027", "Answered on": "08/03/2027"}
    assert [one.title for one in part_a.sections] == [
        "Claimant's representative",
        "Claimant",
        "Compensator",
        "Losses",
        "Disbursements",
        "CRU benefits",
        "Time limits",
        "Statement of truth",
    ]
    assert fields(section(found, "Claimant")) == {"Age when the pack was sent": "36", "Occupation": "Warehouse supervisor"}
    assert fields(section(found, "CRU benefits")) == {"CRU benefits received": "£0.00", "Up-to-date CRU certificate attached": "Yes"}
    assert texts(section(found, "CRU benefits")) == {
        "Comments on the benefits": "No recoverable benefits have been paid.",
        "Comments on the certificate": "Certificate of 16 November 2026.",
    }
    assert part_b == Section(
        "Part B",
        (),
        (
            Section(
                "Final offers",
                (
                    Table(
                        ("Stated by", "Claimant's final offer", "Defendant's final offer"),
                        (("Claimant's representative", "£6,630.50", "£6,158.50"), ("Compensator", "", "£6,158.50")),
                        right=frozenset({1, 2}),
                    ),
                ),
            ),
            Section("Fixed costs", (Fields((("Stage 1 fixed costs paid", "Yes"), ("Stage 2 fixed costs paid", "Yes"))),)),
            Section(
                "Legal representation, as the claimant's representative states", (Fields((("Defendant has named a legal representative", "No"),)),)
            ),
            Section("Legal representation, as the compensator states", (Fields((("Defendant has named a legal representative", "No"),)),)),
        ),
        new_page=True,
    )


def test_no_final_offer_stands_in_part_a() -> None:
    part_a = "\n".join(words(of_court().sections[0]))
    assert "6,630.50" not in part_a
    assert "6,158.50" not in part_a


def test_the_losses_before_the_court() -> None:
    losses = tables(section(of_court(), "Losses"))
    assert list(losses) == ["Heads of loss claimed and offered", "Evidence and comments"]
    assert losses["Heads of loss claimed and offered"].rows[:4] == (
        ("1", "General Damages", "Claimed", "£3,300.00", "0%", "£3,300.00", "£0.00", ""),
        ("1", "", "Offered", "£3,100.00", "0%", "£3,100.00", "", "£200.00"),
        ("2", "Loss of earnings for Claimant", "Claimed", "£1,250.00", "0%", "£1,250.00", "£15.60", ""),
        ("2", "", "Offered", "£1,250.00", "0%", "£1,250.00", "", "£0.00"),
    )
    assert losses["Heads of loss claimed and offered"].total == (  # added up by hand; the interest of each head is that of the last offer
        ("", "Total", "Claimed", "£6,600.00", "", "£6,600.00", "£30.50", ""),
        ("", "Total", "Offered", "£6,128.00", "", "£6,128.00", "", "£472.00"),
    )
    table = losses["Evidence and comments"]
    assert table.header == ("No.", "Side", "Interest rate", "Evidence attached", "Gross amount agreed", "Agreed earlier", "Comments")
    assert [row[:6] for row in table.rows[:4]] == [
        ("1", "Claimed", "2%", "Yes", "", "No"),
        ("1", "Offered", "", "No", "No", "No"),
        ("2", "Claimed", "4%", "Yes", "", "Yes"),
        ("2", "Offered", "", "No", "Yes", "Yes"),
    ]


def test_the_disbursements_with_their_totals() -> None:
    found = section(of_court(), "Disbursements")
    assert fields(found) == {"All disbursements agreed and paid": "No"}
    assert tables(found)["No."] == Table(
        ("No.", "Disbursement disputed", "Claimed", "Paid", "Reason for not paying in full"),
        (
            ("1", "Fee for copies of the GP records", "£50.00", "£30.00", "GP records are capped at £30.00 plus VAT, which was paid."),
            (
                "2",
                "Engineer's fee for the inspection of the car",
                "£96.00",
                "£0.00",
                "No inspection was needed: the car was a total loss by agreement.",
            ),
        ),
        total=(("", "Total", "£146.00", "£30.00", ""),),
        right=frozenset({2, 3}),
    )


def test_the_court_pack_before_its_answer() -> None:
    found = of_court(9)
    assert fields(found.sections[0]) == {"Sent on": "01/03/2027"}
    assert "Compensator" not in titles(found)
    assert "CRU benefits" not in titles(found)
    assert tables(section(found, "Disbursements"))["No."].header == ("No.", "Disbursement disputed", "Claimed", "Paid")
    assert tables(section(found, "Final offers"))["Stated by"].rows == (("Claimant's representative", "£6,630.50", "£6,158.50"),)
    assert tables(section(found, "Losses"))["Heads of loss claimed"].total == (("", "Total", "£6,600.00", "", "£6,600.00", "£30.50"),)
    assert fields(section(found, "Time limits")) == {"Next step due before": "08/03/2027"}


def test_an_answer_to_no_head_of_the_claim_is_not_lost() -> None:
    answer = etree.fromstring(fixture("rta", "addStage2SPFResponse", "counter-offer-to-plain.xml"))
    answer.findall("DefendantReplies/CurrentDefendantResponse")[1].set("LossType", "6")
    documents = [
        ("addStage2SPFRequest", fixture("rta", "addStage2SPFRequest", "plain.xml")),
        ("addStage2SPFResponse", etree.tostring(answer)),
    ]
    table = tables(section(of_settlement(told(after("rta", "R7", []), documents)), "Losses"))["Heads of loss claimed and offered"]
    assert [row[:3] for row in table.rows] == [
        ("1", "General Damages", "Claimed"),
        ("1", "", "Offered"),
        ("2", "Loss of earnings for Claimant", "Claimed"),
        ("3", "Medical Expenses", "Claimed"),
        ("3", "", "Offered"),
        ("4", "Policy Excess", "Claimed"),
        ("4", "", "Offered"),
        ("5", "Clothing", "Offered alone"),
    ]


def test_a_claimant_in_person_signs_alone() -> None:
    pack = etree.fromstring(fixture("rta", "addStage2SPFRequest", "plain.xml"))
    signature = pack.find("StatementOfTruth")
    assert signature is not None
    signature.set("SignatoryType", "C")
    found = section(of_settlement(told(after("rta", "R7", []), [("addStage2SPFRequest", etree.tostring(pack))])), "Statement of truth")
    assert texts(found) == {"Statement": "I believe that the facts stated in this settlement pack are true."}
    assert fields(found)["Signed by"] == "Claimant in Person"


# Where the sums of the index stand: the section, the table, the row.
SUMS = {
    "addInterimSPFRequest": {"total": ("Losses to date", "Claimed", "Total claimed")},
    "addInterimSPFResponse": {"total": ("Losses to date", "Offered", "Total offered"), "net": ("Losses to date", "Offered", "Net value")},
    "addStage2SPFRequest": {"total": ("Losses", "Claimed", "Total claimed")},
    "addStage2SPFResponse": {"total": ("Losses", "Offered", "Total offered"), "net": ("Losses", "Offered", "Net value")},
    "addStage2SPFCounterOfferByCR": {"total": ("Losses", "Claimed", "Total claimed")},
    "addStage2SPFCounterOfferByCM": {"total": ("Losses", "Offered", "Total offered"), "net": ("Losses", "Offered", "Net value")},
    "addS2SPFAdditionalDamagesRequest": {"total": ("Losses", "Claimed", "Total claimed")},
    "addS2SPFAdditionalDamagesResponse": {"total": ("Losses", "Offered", "Total offered"), "net": ("Losses", "Offered", "Net value")},
}


@pytest.mark.parametrize(("process", "release", "documents"), list(flows()))
def test_the_sums_of_the_index_are_printed_after_every_step(process: str, release: str, documents: list[str]) -> None:
    for steps in range(1, len(documents) + 1):
        path = documents[steps - 1]
        operation = path.partition("/")[0]
        kind = next(kind for beginning, kind in PRINTED.items() if operation.startswith(f"add{beginning}"))
        found = kind.document(after(process, release, documents[:steps], PAID), "RTA0", MADE)
        for name, (title, table, row) in SUMS.get(operation, {}).items():
            if name in (expected := sums(process, path)):
                printed = tables(section(found, title))[table]
                assert dict((*printed.rows, *printed.total))[row] == in_pounds(expected[name])
        assert found.application_id == "0000000000017776"


def in_pounds(text: str) -> str:
    """1234.50 as £1,234.50, worked out another way than the product does."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, pence = digits.partition(".")
    groups = [whole[max(0, end - 3) : end] for end in range(len(whole), 0, -3)]
    return f"{sign}£{','.join(reversed(groups))}.{pence}"
