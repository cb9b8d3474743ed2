"""No field of a claim notification form or of its response is lost on paper, save what this page lists with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest
from cnf_lines import Line, lines, words
from lxml import etree
from samples import samples
from test_get_claim_content import INPUTS, Writer, model_of, view

from gateway.documents import cnf, cnf_elpl, cnf_rta, defendant_only, response
from gateway.documents.declared import Part
from gateway.xml.get_claim_plan import Choice, Element
from gateway.xml.get_claim_sent import Sent
from gateway.xml.schemas import Schema, releases, schema_for

DAY = date(2026, 11, 22)
REPRESENTATIVE = "ClaimAndClaimantDetails/ClaimantRepresentative"
DEFENDANT = "ClaimAndClaimantDetails/DefendantDetails"
CLAIMANT = "ClaimAndClaimantDetails/ClaimantDetails"
FORMS = ("addClaim", "resendRejectedClaim")

KEY = "the portal's own key of an organisation; its name is printed"
NOT_PRINTED = {
    f"{REPRESENTATIVE}/ReferralSourceInfo/@ReferralSource": "the referral source is not printed, process notes 7",
    f"{REPRESENTATIVE}/ReferralSourceInfo/@CMCName": "the referral source is not printed, process notes 7",
    f"{REPRESENTATIVE}/ReferralSourceInfo/@MOJCMCAuthorisationNumber": "the referral source is not printed, process notes 7",
    f"{REPRESENTATIVE}/ReferralSourceInfo/@ReferralSourceWebsite": "the referral source is not printed, process notes 7",
    f"{REPRESENTATIVE}/ReferralSourceInfo/@ReferralSourceSource": "the referral source is not printed, process notes 7",
    f"{DEFENDANT}/InsurerInformation/@InsurerOrganizationID": KEY,
    f"{DEFENDANT}/InsurerInformation/@InsurerOrganizationPath": KEY,
    f"{DEFENDANT}/InsurerInformation/@Selected": "the compensator in this place is the chosen one",
    f"{DEFENDANT}/InsurerFound/@InsurerOrganizationID": KEY,
    f"{DEFENDANT}/InsurerFound/@InsurerOrganizationPath": KEY,
} | {
    f"{owner}/Address/@AddressType": "a letter of the form's screen; whose address it is the heading says"
    for owner in (
        f"{REPRESENTATIVE}/CompanyDetails",
        f"{DEFENDANT}/PersonalDetails",
        f"{DEFENDANT}/CompanyDetails",
        f"{CLAIMANT}/PersonalDetails",
        "AccidentData/AccidentDetails/Driver",
        "AccidentData/AccidentDetails/Owner",
        "AccidentData/AccidentDetails/InsuranceCompanyInformatiion",
        "OtherPartyDetails/OtherParty/PersonalDetails",
        "OtherPartyDetails/OtherParty/InsuranceCompanyInformatiion",
        "ProvidedServices/DefendantsInsurer",
    )
}

# Boxes of which only those ticked are printed: the element, and which of its attributes are none.
BOXES = {
    "MedicalDetails/Injury": ("TimeOffRequired", "StillOffWork", "MedicalAttentionSeeking", "HospitalAttendance", "OvernightDetention"),
    "AccidentData/AccidentDetails/WeatherConditions": (),
    "AccidentData/AccidentDetails/RoadConditions": (),
    "AccidentData/AccidentDetails/AccidentCircumstances": (),
    "LiabilityFunding/Liability": (),
    "LiabilityCausation/DefendantAdmits": (),
}
SAMPLES = {
    "xs:date": ("2026-03-04", "04/03/2026"),
    "ST_Time": ("16:35:30", "16:35"),
    "xs:integer": ("7", "7"),
    "ST_EngineSize": ("1598", "1598 cc"),
    "xs:string": ("Wort é", "Wort é"),
}


def declared(parts: Iterable[Part]) -> set[str]:
    return {path for part in parts for path in part.paths()}


def cnf_paths(process: str) -> set[str]:
    layouts = (cnf_rta.FORM,) if process == "rta" else tuple(cnf_elpl.form(kind) for kind in ("EL", "ELD", "PL"))
    found = {frozenset(declared(parts)) for parts in layouts}
    assert len(found) == 1, "the forms of EL/PL differ in words only"
    return set(next(iter(found))) | set(cnf.STATEMENT)


def known(process: str, release: str, *operations: str) -> set[str]:
    models = [model_of(process, release, operation) for operation in operations]
    return {f"{each.path}/@{name}".lstrip("/") for model in models for each in model.walk() for name in each.attributes}


@pytest.mark.parametrize(("process", "release"), [(process, each.name) for process in ("rta", "elpl") for each in releases(process)])
def test_every_attribute_is_declared_or_listed_as_not_printed(process: str, release: str) -> None:
    form = known(process, release, *FORMS)
    assert form - cnf_paths(process) == NOT_PRINTED.keys() & form
    answer = known(process, release, "sendLiabilityDecision")
    assert answer - declared(response.FORMS[process]) == NOT_PRINTED.keys() & answer


def test_every_path_declared_or_listed_is_in_some_schema() -> None:
    everything: set[str] = set()
    for process in ("rta", "elpl"):
        names = [each.name for each in releases(process)]
        form = set[str]().union(*(known(process, name, *FORMS) for name in names))
        answer = set[str]().union(*(known(process, name, "sendLiabilityDecision") for name in names))
        assert cnf_paths(process) <= form
        assert declared(response.FORMS[process]) <= answer
        assert not cnf_paths(process) & NOT_PRINTED.keys()
        everything |= form | answer
        layouts = (defendant_only.RTA,) if process == "rta" else tuple(defendant_only.elpl(kind) for kind in ("EL", "ELD", "PL"))
        to_defendant = set[str]().union(*map(declared, layouts))
        assert to_defendant <= cnf_paths(process) & form
    assert cnf_paths("rta") | cnf_paths("elpl") | NOT_PRINTED.keys() <= everything


def bare(model: Element) -> etree._Element:
    """The document with each element once and no attribute at all."""
    made = etree.Element(model.name)
    for child in model.children:
        assert not isinstance(child, Choice)
        made.append(bare(child))
    return made


def printed(process: str, release: str, operation: str, root: etree._Element, empty: etree._Element) -> set[Line]:
    documents = {"addClaim": etree.tostring(empty)} | {operation: etree.tostring(root)}
    seen = view(process, release, documents)
    make = response.document if operation == "sendLiabilityDecision" else cnf.document
    return set(lines(make(seen, "", DAY)))


def labels(schema: Schema) -> dict[str, dict[str, str]]:
    """The documented labels by the name of the type, read from the file without the code that is tested."""
    xs = "{http://www.w3.org/2001/XMLSchema}"
    return {
        each.get("name", ""): {code.get("value", ""): " ".join("".join(map(str, code.itertext())).split()) for code in each.iter(f"{xs}enumeration")}
        for each in etree.parse(str(schema.path)).getroot().iterfind(f"{xs}simpleType")
    }


def wanted(label: str, code: str) -> str:
    return f"Choice {code} (meaning not published)" if label == "Meaning not published" else label.removesuffix(" (inferred)")


@pytest.mark.parametrize(("process", "release", "operation"), INPUTS)
def test_each_attribute_alone_is_printed_as_a_person_reads_it(process: str, release: str, operation: str) -> None:
    schema = schema_for(process, release, operation)
    codes = labels(schema)
    model = model_of(process, release, operation)
    empty = bare(model_of(process, release, "addClaim"))
    nothing = printed(process, release, operation, bare(model), empty)
    for element in model.walk():
        for attribute in element.attributes.values():
            path, kind = f"{element.path}/@{attribute.name}".lstrip("/"), attribute.type
            known_codes = codes.get(kind.name, {})
            sample = SAMPLES.get(kind.name) or SAMPLES[kind.base]
            if kind.pattern and kind.name != "ST_Time":
                text = Writer().value(attribute)
                sample = (text, text)
            for value, expected in {code: wanted(label, code) for code, label in known_codes.items()}.items() or [sample]:
                root = bare(model)
                owner = root.find(element.path) if element.path else root
                assert owner is not None
                owner.set(attribute.name, value)
                more = printed(process, release, operation, root, empty) - nothing
                if path in NOT_PRINTED or (path.endswith("@TitleType") and value == "5"):
                    assert not more, path
                elif element.path in BOXES and attribute.name not in BOXES[element.path] and known_codes.keys() == {"0", "1"}:
                    assert len(more) == int(value), path
                else:
                    shown = f"Other: {expected}" if attribute.name == "OtherDetails" and element.path in BOXES else expected
                    assert shown in {text for _, _, text in more}, (path, value, more)


def all_documents() -> Iterable[tuple[str, str, list[Sent]]]:
    """The samples as claims: each form alone, and each answer to a form of the same release."""
    valid = {(one.process, one.operation, release): one for one in reversed(samples("valid")) for release in one.facts["releases"]}
    for one in samples("valid"):
        if one.operation not in (*FORMS, "sendLiabilityDecision"):
            continue
        for release in one.facts["releases"]:
            first = valid[one.process, "addClaim", release]
            chain = [one] if one.operation == "addClaim" else [first, one]
            yield one.process, release, [Sent(each.operation, each.path.read_bytes(), DAY, number) for number, each in enumerate(chain, 1)]


def test_no_sample_shows_a_code_or_the_name_of_an_attribute() -> None:
    made = 0
    for process, release, documents in all_documents():
        seen = view(process, release, {})
        codes, texts, names = set(), set(), set()
        for sent in documents:
            for element in model_of(process, release, sent.operation).walk():
                names |= {name for name in (*element.attributes, element.name) if sum(letter.isupper() for letter in name) > 1 and name != "VRN"}
                for found in [sent.root] if not element.path else sent.root.findall(element.path):
                    for name, attribute in element.attributes.items():
                        (codes if attribute.type.values else texts).add(str(found.get(name, "")).strip())
        whole = replace(seen, documents=tuple(documents))
        makers = [cnf.document, defendant_only.document]
        if documents[-1].operation == "sendLiabilityDecision":
            makers.append(response.document)
        for make in makers:
            document = make(whole, "RTA1", DAY)
            made += 1
            said = {value for _, _, value in lines(document)}
            assert not said & (codes - texts), (process, release, said & (codes - texts))
            for text in words(document):
                assert not names & set(text.replace("/", " ").replace("@", " ").split()), text
    assert made > 60
