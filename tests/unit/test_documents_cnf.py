"""The printable notification forms of sample claims, word for word; the expected texts are written from the samples by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from cnf_lines import Line, lines, words
from lxml import etree
from samples import sample, setting
from test_get_claim_content import view

from gateway.documents import cnf, defendant_only, response
from gateway.documents.model import Document, Fields, Section, Text
from gateway.xml.get_claim import ClaimView, Sent

DAY = date(2026, 11, 22)
SENT = date(2026, 11, 20)
BELIEVED = "I believe that the facts stated in this claim notification form are true."
ON_BEHALF = (
    "The claimant believes that the facts stated in this claim notification form are true. "
    "I am authorised by the claimant to sign this statement on the claimant's behalf."
)


def claim(process: str, release: str, *documents: tuple[str, str], **facts: Any) -> ClaimView:
    sent = tuple(
        Sent(operation, sample(process, operation, name).path.read_bytes(), SENT, number) for number, (operation, name) in enumerate(documents, 1)
    )
    return replace(view(process, release, {}), documents=sent, **facts)


def changed(seen: ClaimView, number: int, path: str, value: str | None) -> ClaimView:
    """The claim with one attribute of its document `number` set, or taken away."""
    sent = list(seen.documents)
    root = etree.fromstring(etree.tostring(sent[number - 1].root))
    setting(path, value)(root)
    sent[number - 1] = replace(sent[number - 1], body=etree.tostring(root))
    return replace(seen, documents=tuple(sent))


def under(document: Document, heading: str) -> list[tuple[str, str]]:
    """The labels and values below a heading and the headings within it."""
    return [(label, value) for title, label, value in lines(document) if title == heading or title.startswith(f"{heading} > ")]


def test_the_form_with_the_least_in_it_is_printed_whole_and_nothing_else() -> None:
    seen = claim("rta", "R7", ("addClaim", "minimal"), insurer_claim_reference_number=None)
    assert cnf.document(seen, "RTA1", DAY) == Document(
        title="Claim Notification Form",
        form="RTA1",
        application_id="0000000000017776",
        created_on=DAY,
        parties=(
            ("Claimant", "Mrs Ivy Quested"),
            ("Claimant's representative", "Quillfeather Injury Law LLP"),
            ("Defendant", "Hartnoll"),
            ("Compensator", "Thistledown Insurance plc"),
        ),
        references=(("Representative's reference", "MG/RTA/00902"),),
        sections=(
            Section("The claim", (Fields((("Value of the claim (£)", "Up to 10,000"), ("askCUE PI reference", "3301420"))),)),
            Section(
                "Claimant's representative",
                (
                    Fields(
                        (
                            ("Name of the firm", "Marrowgate Solicitors Ltd"),
                            ("Contact", "Hugh Pennerley"),
                            ("Telephone", "01632 960319"),
                            ("E-mail", "portal@marrowgate.example"),
                            ("Reference", "MG/RTA/00902"),
                        )
                    ),
                ),
            ),
            Section(
                "Claimant's details",
                (
                    Fields(
                        (
                            ("Name", "Mrs Ivy Quested"),
                            ("Address", "Pilgrim Street, Exeter, United Kingdom"),
                            ("Date of birth", "02/04/1970"),
                            ("Is this a child claim?", "No"),
                            ("Occupation", "Baker"),
                            ("National Insurance number", "LP063318A"),
                        )
                    ),
                ),
            ),
            Section(
                "Injury and medical details",
                (
                    Fields((("Injury sustained", "Other"),)),
                    Text("Description of the injury", "Bruised foot."),
                    Fields(
                        (
                            ("Did the claimant need time off work?", "No"),
                            ("Did the claimant seek medical attention?", "No"),
                            ("Did the claimant attend hospital?", "No"),
                        )
                    ),
                ),
            ),
            Section(
                "Rehabilitation",
                (Fields((("Has a medical professional recommended rehabilitation?", "Medical Professional not seen"),)),),
            ),
            Section("Vehicle damage and repairs", (Fields((("Is damage to the claimant's own vehicle claimed?", "No"),)),)),
            Section(
                "Accident details",
                (
                    Fields(
                        (
                            ("Date of the accident", "22/09/2026"),
                            ("Time of the accident", "11:00"),
                            ("Location", "Pilgrim Street, Exeter"),
                        )
                    ),
                    Text("Description of the accident", "The car rolled over my foot while I was waiting to cross."),
                    Fields((("The claimant was", "A pedestrian"),)),
                ),
            ),
            Section(
                "Liability",
                (Text("Why the defendant is responsible", "The Defendant left the car without setting the handbrake."),),
            ),
            Section(
                "Defendant's details",
                (Fields((("The defendant is", "Personal"),)),),
                (
                    Section("Person", (Fields((("Name", "Hartnoll"),)),)),
                    Section("Defendant's vehicle", (Fields((("Registration number", "WR35 NEA"),)),)),
                ),
            ),
            Section(
                "Defendant's insurer",
                (Fields((("Type of compensator", "Insurer"), ("Policy number or reference", "TI-5519036/26"))),),
            ),
            Section("Bus or coach", (Fields((("Did the accident involve a bus or coach?", "No"),)),)),
            Section(
                "Statement of truth",
                (
                    Text("Statement", ON_BEHALF),
                    Fields(
                        (
                            ("Signed by", "Claimant Solicitor"),
                            ("Name", "Marrowgate Solicitors Ltd"),
                            ("Is a signed copy kept by the representative?", "Yes"),
                            ("Date sent", "20/11/2026"),
                        )
                    ),
                ),
            ),
        ),
    )


def test_a_disease_is_printed_as_a_disease() -> None:
    whole = cnf.document(claim("elpl", "R6", ("addClaim", "eld")), "ELD1", DAY)
    assert lines(whole) == [
        ("The claim", "Type of claim", "Employers' liability disease"),
        ("The claim", "Value of the claim (£)", "Up to 10,000"),
        ("The claim", "Date of notification", "17/11/2026"),
        ("Claimant's representative", "Name of the firm", "Marrowgate Solicitors Ltd"),
        ("Claimant's representative", "Address", "Market Chambers, 3 Tanner Street, Eastmere, Fenshire, ZZ99 2BB, England"),
        ("Claimant's representative", "Contact", "Hugh Pennerley"),
        ("Claimant's representative", "Telephone", "01632 960319"),
        ("Claimant's representative", "E-mail", "portal@marrowgate.example"),
        ("Claimant's representative", "Reference", "MG/ELD/00053"),
        ("Claimant's details", "Name", "Mr Kenneth Maddox"),
        ("Claimant's details", "Address", "88 Lodge Farm Road, Dudley, West Midlands, DY24 5RR, United Kingdom"),
        ("Claimant's details", "Date of birth", "04/07/1962"),
        ("Claimant's details", "Is this a child claim?", "No"),
        ("Claimant's details", "Occupation", "Retired hammer driver"),
        ("Claimant's details", "National Insurance number", "YK704418B"),
        ("Claimant's details", "Period of employment", "September 1987 to March 2011, without a break"),
        (
            "Claimant's details",
            "Period of exposure",
            (
                "September 1987 to about 2006, when ear defenders were first provided and their use enforced; "
                "eight hours a shift beside drop hammers of up to two tonnes"
            ),
        ),
        ("Injury and medical details", "Injury sustained", "Deafness; Other"),
        (
            "Injury and medical details",
            "Description of the injury",
            (
                "Noise-induced hearing loss in both ears, found by audiogram in June 2026, with constant ringing which disturbs his sleep. "
                "He needs the television loud and cannot follow talk in company."
            ),
        ),
        ("Injury and medical details", "Did the claimant need time off work?", "No"),
        ("Injury and medical details", "Did the claimant seek medical attention?", "Yes"),
        ("Injury and medical details", "First medical attention", "08/06/2026"),
        ("Injury and medical details", "Did the claimant attend hospital?", "No"),
        ("Rehabilitation", "Has a medical professional recommended rehabilitation?", "No"),
        ("Rehabilitation", "Are there further rehabilitation needs?", "Yes"),
        ("Rehabilitation", "Needs", "Hearing aids for both ears."),
        ("Disease details", "Location", "Hammer shop, Forge Bank, Dudley"),
        (
            "Disease details",
            "Description of the disease",
            (
                "The claimant worked in the hammer shop among drop hammers and clipping presses. One had to shout to a man two feet away. "
                "No hearing protection was given out before about 2006, the noise was never measured as far as he knows, and nobody warned him."
            ),
        ),
        ("Disease details", "Was the disease reported?", "No"),
        (
            "Liability",
            "Why the defendant is responsible",
            (
                "The Defendant exposed the Claimant for some nineteen years to noise which it knew or should have known to be harmful. "
                "It failed to measure or reduce the noise, to provide ear protection, to enforce its use and to test his hearing."
            ),
        ),
        ("Defendant's details", "The defendant is", "Business"),
        ("Defendant's details > Business", "Name", "Netherbrook Drop Forgings Ltd"),
        ("Defendant's details > Business", "Address", "Netherbrook Forge, 1 Forge Bank, Dudley, West Midlands, DY21 2JT, United Kingdom"),
        ("Defendant's details > Business", "Contact", "Company Secretary"),
        ("Defendant's details > Business", "Telephone", "0121 496 0844"),
        ("Defendant's insurer", "Compensator", "Copperfen Mutual Insurance Society"),
        ("Defendant's insurer", "Policy number or reference", "CFM/EL/00977 (1998 to 2011)"),
        ("Statement of truth", "Statement", ON_BEHALF),
        ("Statement of truth", "Signed by", "Claimant Solicitor"),
        ("Statement of truth", "Name", "Marrowgate Solicitors Ltd"),
        ("Statement of truth", "Is a signed copy kept by the representative?", "Yes"),
        ("Statement of truth", "Date sent", "20/11/2026"),
    ]


def test_a_form_with_everything_in_it() -> None:
    whole = cnf.document(claim("rta", "R7", ("addClaim", "everything-filled"), insurer_claim_reference_number="TI/26/9"), "RTA1", DAY)
    assert whole.parties == (
        ("Claimant", "Dr Zoë Aoife Ní Dhónaill"),
        ("Claimant's representative", "Quillfeather Injury Law LLP"),
        ("Defendant", "Müller & Söhne Ceramics Ltd"),
        ("Compensator", "Thistledown Insurance plc"),
    )
    assert whole.references == (("Representative's reference", "QF/2026/04700-A.1"), ("Compensator's reference", "TI/26/9"))
    assert under(whole, "The claim") == [
        ("Value of the claim (£)", "Up to 25,000"),
        ("askCUE PI reference", "ASKCUEPI3301399"),
        ("Official Injury Claim reference", "OIC-2026-0048213"),
    ]
    assert under(whole, "Claimant's details > Claimant's vehicle") == [
        ("Registration number", "YD38 ZOE"),
        ("Make and model", "Citroën ë-C3 Origin"),
        ("Engine size", "0 cc"),
        ("Colour", "Crème"),
    ]
    hospitals = [line for line in lines(whole) if line[0].startswith("Injury and medical details > ")]
    assert [title for title, label, _ in hospitals if label == "Name"] == [
        f"Injury and medical details > Hospital {number}" for number in (1, 2, 3, 4)
    ]
    assert under(whole, "Injury and medical details > Hospital 3") == [
        ("Type", "Private"),
        ("Name", "Ashlar House Hospital"),
        ("Address", "Ashlar House, Otley Old Road, Leeds, West Yorkshire, LS35 4GG"),
    ]
    assert under(whole, "Vehicle damage and repairs") == [
        ("Is damage to the claimant's own vehicle claimed?", "Yes"),
        ("Claimant's insurance", "Other"),
        ("Other insurance", "Cover through her employer’s scheme"),
        ("Is the claim made through the claimant's insurer?", "No"),
        ("Is the claim made through another company?", "Yes"),
        ("Is the vehicle a total loss?", "Don't Know"),
        ("State of the repairs", "Authorised"),
        ("Does the defendant's insurer need to inspect the vehicle?", "Yes"),
        ("Where the vehicle is", "Ure Valley Coachworks, Ripon"),
        ("Contact for an inspection", "Bruno Szczęsny, 01632 960733"),
        ("Name", "Ure Valley Coachworks"),
        ("Address", "Unit 2, Sharow Trading Park, Ripon HG23 9RR"),
        ("Telephone", "01632 960733"),
        ("Reference", "UVC 2026/114"),
    ]
    assert under(whole, "Alternative vehicle provision > Provider") == [
        ("Name", "Skellside Car Hire"),
        ("Address", "Station Yard, Ripon HG23 2LS"),
        ("Reference", "SCH 8821"),
        ("Start of hire", "11/05/2026"),
        ("End of hire", "03/07/2026"),
        ("Registration number", "YK40 HIR"),
        ("Make and model", "Citroën C3"),
        ("Engine size", "1199 cc"),
        ("Colour", "Red"),
    ]
    accident = dict(under(whole, "Accident details"))
    assert accident["Time of the accident"] == "16:35"
    assert accident["Weather conditions"] == "Sun; Rain; Other: Low sun after a shower, strong glare"
    assert accident["Road conditions"] == "Wet; Mud; Other: Loose chippings at the kerb"
    assert accident["Circumstances"] == "Vehicle hit in the rear; Vehicle hit whilst parked; Concertina collision; Other"
    assert accident["Was the accident reported to the police?"] == "Yes"
    assert under(whole, "Accident details > Owner of the vehicle the claimant was in") == [
        ("Name", "Ripon Dial-a-Bus Community Transport"),
        ("Address", "Community Hall, 1 Market Steps, Market Place, Bondgate, Ripon, North Yorkshire, HG23 1XX, United Kingdom"),
    ]
    assert dict(under(whole, "Liability"))["Other parties who are also responsible"] == "Other party 6"
    assert under(whole, "Other parties and witnesses > Other party 2") == [
        ("Type", "Other"),
        ("Role", "Driver behind bus"),
        ("Name", "Mrs Beatriz Gonçalves"),
        ("Registration number", "YE39 KRA"),
        ("Make and model", "Hyundai i20"),
        ("Colour", "Blue"),
        ("Insurance company", "Thistledown Insurance plc"),
        ("Policy number", "TI-9071220/26"),
    ]
    assert under(whole, "Other parties and witnesses > Other party 3") == [
        ("Type", "Witness"),
        ("Role", "Passenger on the bus"),
        ("Name", "Rev. Søren Ødegård"),
    ]
    assert under(whole, "Other parties and witnesses > Other party 6") == [
        ("Type", "Other"),
        ("Role", "Swerving cyclist"),
        ("Name", "Unknown cyclist"),
    ]
    assert under(whole, "Defendant's insurer > Insurer found 3") == [
        ("Name", "Motor Insurers' Bureau (sandbox)"),
        ("Type", "MIB"),
        ("Was it chosen?", "No"),
    ]


def test_the_parts_stand_in_the_order_of_the_printed_form() -> None:
    rta = cnf.document(claim("rta", "R3", ("addClaim", "r3-adult-driver")), "RTA1", DAY)
    assert [section.title for section in rta.sections] == [
        "The claim",
        "Claimant's representative",
        "Claimant's details",
        "Injury and medical details",
        "Rehabilitation",
        "Vehicle damage and repairs",
        "Alternative vehicle provision",
        "Accident details",
        "Liability",
        "Defendant's details",
        "Defendant's insurer",
        "Bus or coach",
        "Funding",
        "Statement of truth",
    ]
    assert under(rta, "Funding") == [
        ("Has the claimant undertaken a funding arrangement?", "Yes"),
        ("Conditional fee agreement with a success fee (section 58, 1990 Act)", "Yes"),
        ("Date of the conditional fee agreement", "02/07/2026"),
        ("Insurance policy (section 29, 1999 Act)", "No"),
        ("Arrangement with a membership organisation", "No"),
        ("Another arrangement", "No"),
        ("Was free legal expenses insurance considered?", "Yes"),
    ]


def test_the_claimant_in_person_signs_for_himself() -> None:
    seen = changed(claim("rta", "R7", ("addClaim", "minimal")), 1, "ApplicationData/ClaimDetails/@Signatory", "C")
    seen = changed(seen, 1, "ApplicationData/ClaimDetails/@RetainedCopy", "0")
    assert under(cnf.document(seen, "RTA1", DAY), "Statement of truth") == [
        ("Statement", BELIEVED),
        ("Signed by", "Claimant in Person"),
        ("Name", "Mrs Ivy Quested"),
        ("Is a signed copy kept by the representative?", "No"),
        ("Date sent", "20/11/2026"),
    ]


def test_a_claim_sent_again_is_printed_as_sent_again() -> None:
    seen = claim("rta", "R5", ("addClaim", "r5-adult-driver"), ("resendRejectedClaim", "r5-adult-driver-to-another-compensator"))
    again = replace(seen, documents=(seen.documents[0], replace(seen.documents[1], on=date(2026, 11, 25))))
    whole = cnf.document(again, "RTA1", DAY)
    assert dict(under(whole, "Defendant's insurer"))["Compensator"] == "Copperfen Mutual Insurance Society"
    assert dict(under(whole, "Statement of truth"))["Date sent"] == "25/11/2026"
    # the form of release 5 that sends a claim again has no room for it
    assert ("askCUE PI reference", "ASKCUEPI3300417") in under(whole, "The claim")


def test_what_is_left_out_when_a_claim_is_sent_again_is_not_taken_from_the_first_form() -> None:
    seen = claim("rta", "R7", ("addClaim", "adult-driver"), ("resendRejectedClaim", "adult-driver-to-another-compensator"))
    path = "ClaimAndClaimantDetails/DefendantDetails/PersonalDetails/@Sex"
    assert ("Sex", "Female") in under(cnf.document(seen, "RTA1", DAY), "Defendant's details > Person")
    assert "Sex" not in dict(under(cnf.document(changed(seen, 2, path, None), "RTA1", DAY), "Defendant's details > Person"))


def test_the_branch_of_the_representative_is_taken_from_the_first_form_in_el() -> None:
    seen = claim("elpl", "R6", ("addClaim", "everything-filled"), ("resendRejectedClaim", "el-adult-to-another-compensator"))
    assert ("Branch", "Head office") in under(cnf.document(seen, "EL1", DAY), "Claimant's representative")


@pytest.mark.parametrize(
    ("status", "expected"),
    [("B", "Müller & Söhne Ceramics Ltd"), ("P", "Professor Jürgen Kārlis Müller")],
)
def test_the_defendant_is_whom_the_form_says(status: str, expected: str) -> None:
    seen = changed(claim("rta", "R7", ("addClaim", "everything-filled")), 1, "ClaimAndClaimantDetails/DefendantDetails/@DefendantStatus", status)
    assert ("Defendant", expected) in cnf.document(seen, "RTA1", DAY).parties


def test_the_referral_source_is_never_printed() -> None:
    whole = " ".join(words(cnf.document(claim("rta", "R7", ("addClaim", "everything-filled")), "RTA1", DAY)))
    for secret in ("Beacon Claims", "8104427", "www.beacon", "Leaflet", "claims management"):
        assert secret not in whole


DENIED: list[Line] = [
    ("Compensator's response", "Compensator", "Thistledown Insurance plc"),
    ("Compensator's response", "Date of the response", "01/12/2026"),
    ("Compensator's response", "Is the claim dealt with under Article 75?", "No"),
    ("Compensator's response > Liability and causation", "Capacity", "RTA Insurer"),
    ("Compensator's response > Liability and causation", "Decision on liability", "Not Admitted"),
    ("Compensator's response > Liability and causation", "The defendant admits", "The accident occurred"),
    (
        "Compensator's response > Liability and causation",
        "Reasons for not admitting liability",
        "Our insured was stationary. The claimant reversed out of a parking bay into the side of her car; see the photographs taken at the scene.",
    ),
    ("Compensator's response > Services provided", "Is the compensator prepared to provide rehabilitation?", "No"),
    ("Compensator's response > Services provided", "Has rehabilitation been provided?", "No"),
    ("Compensator's response > Services provided", "Has an alternative vehicle been provided?", "No"),
    ("Compensator's response > Services provided", "Have repairs been provided?", "No"),
    ("Compensator's response > Compensator's contact", "Contact", "Ivo Larkfield"),
    ("Compensator's response > Compensator's contact", "Telephone", "020 7946 0331"),
    ("Compensator's response > Compensator's contact", "E-mail", "motor.claims@thistledown.example"),
    ("Compensator's response > Compensator's contact", "Reference", "TI/26/119008"),
]


def test_the_response_stands_at_the_end_of_the_form() -> None:
    seen = claim("rta", "R7", ("addClaim", "minimal"), ("sendLiabilityDecision", "denied"), responded_on=date(2026, 12, 1), article75=False)
    whole = response.document(seen, "RTA1", DAY)
    form = cnf.document(seen, "RTA1", DAY)
    assert (whole.title, whole.form) == ("Claim Notification Form with Response", "RTA1")
    assert lines(whole) == lines(form) + DENIED


def test_a_response_in_el_says_nothing_of_vehicles() -> None:
    seen = claim("elpl", "R6", ("addClaim", "el-adult"), ("sendLiabilityDecision", "admitted-everything-filled"))
    whole = response.document(seen, "EL1", DAY)
    assert under(whole, "Compensator's response") == [
        ("Compensator", "Thistledown Insurance plc"),
        ("Decision on liability", "Admitted"),
        (
            "The defendant admits",
            "The accident occurred; It was caused by the defendant's breach of duty; It caused some loss to the claimant",
        ),
        ("Reasons for not admitting liability", "None: liability is admitted in full."),
        ("Is the compensator prepared to provide rehabilitation?", "Yes"),
        ("Has rehabilitation been provided?", "Yes"),
        ("Details of rehabilitation", "Scar therapy with a provider near the claimant; first appointment within ten days."),
        ("Contact", "Jonas René Whitlock"),
        ("Telephone", "01632 960204"),
        ("E-mail", "ptl@copperfen.example"),
        ("Reference", "CFM/EL/260790.2-b"),
        ("Address", "Copperfen House, 21 Mill Parade, Sluice Lane, Waterside, Southwick Vale, Downshire, ZZ99 4EE, England"),
    ]


def test_the_defendant_is_told_of_the_accident_and_the_insurer() -> None:
    whole = defendant_only.document(claim("rta", "R7", ("addClaim", "r6-adult-driver")), "RTA2", DAY)
    assert (whole.title, whole.form) == ("Defendant Only Claim Notification Form", "RTA2")
    assert [section.title for section in whole.sections] == [
        "To the defendant",
        "Claimant's representative",
        "Claimant",
        "Accident details",
        "Injury",
        "Your vehicle",
        "Your insurance",
    ]
    assert under(whole, "Claimant") == [("Name", "Mr Daniel James Whitcombe"), ("Registration number of the claimant's vehicle", "LS44 KJE")]
    assert under(whole, "Injury") == [("Injury sustained", "Whiplash; Soft tissue")]
    assert under(whole, "Your insurance") == [
        ("Defendant", "Mrs Karen Sutcliffe"),
        ("Compensator", "Thistledown Insurance plc"),
        ("Policy number or reference", "TI-7710482/26"),
    ]


def test_the_defendant_of_a_disease_claim_is_told_the_periods() -> None:
    whole = defendant_only.document(claim("elpl", "R6", ("addClaim", "eld")), "ELD2", DAY)
    assert [label for label, _ in under(whole, "Claimant")] == ["Name", "Period of employment", "Period of exposure"]
    accident = defendant_only.document(claim("elpl", "R6", ("addClaim", "el-adult")), "EL2", DAY)
    assert [label for label, _ in under(accident, "Claimant")] == ["Name"]


@pytest.mark.parametrize(("process", "release"), [("rta", "R7"), ("elpl", "R6")])
def test_the_defendant_learns_no_more_of_the_claimant_than_that(process: str, release: str) -> None:
    seen = claim(process, release, ("addClaim", "everything-filled"))
    whole = " ".join(words(defendant_only.document(seen, "", DAY)))
    assert "Zoë Aoife Ní Dhónaill" in whole
    assert "Claimant's representative" in whole
    for private in (
        "RY840215D",
        "16/08/1987",
        "Tír na nÓg",
        "HG23 7EZ",
        "Conditional fee",
        "Skell Bridge",
        "surgeon",
        "conservator",
        "forearms",
        "ASKCUE",
    ):
        assert private not in whole
