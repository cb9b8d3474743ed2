"""Writing a document after a schema: what is written where, and what happens when something is missing or does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from gateway.xml.get_claim_plan import Element, Place, Type, plan
from gateway.xml.project import Part, project

SCHEMA = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:element name="File">
    <xs:complexType>
      <xs:sequence>
        <xs:element ref="Sender"/>
        <xs:element name="Note" minOccurs="0" maxOccurs="2" type="Note"/>
        <xs:element name="Extra" minOccurs="0">
          <xs:complexType>
            <xs:sequence minOccurs="0">
              <xs:element name="Deeper" minOccurs="0" type="Note"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="Talk" minOccurs="0">
          <xs:complexType>
            <xs:sequence>
              <xs:choice minOccurs="0" maxOccurs="unbounded">
                <xs:element name="Offer" minOccurs="0" maxOccurs="unbounded" type="Note"/>
                <xs:element name="Reply" minOccurs="0" maxOccurs="unbounded" type="Note"/>
              </xs:choice>
              <xs:element name="End" type="Note"/>
            </xs:sequence>
          </xs:complexType>
        </xs:element>
      </xs:sequence>
      <xs:attribute name="No" type="xs:string" use="required"/>
    </xs:complexType>
  </xs:element>
  <xs:element name="Sender">
    <xs:complexType>
      <xs:sequence><xs:element name="Address" type="Address"/></xs:sequence>
      <xs:attribute name="Name" type="xs:string"/>
      <xs:attribute name="Kind" type="Kind"/>
      <xs:attribute name="Reference" type="Reference"/>
    </xs:complexType>
  </xs:element>
  <xs:complexType name="Address">
    <xs:attribute name="City">
      <xs:simpleType><xs:restriction base="xs:string"><xs:maxLength value="5"/></xs:restriction></xs:simpleType>
    </xs:attribute>
    <xs:attribute name="Street" type="xs:string"/>
  </xs:complexType>
  <xs:complexType name="Note">
    <xs:attribute name="Text" type="xs:string"/>
    <xs:attribute name="Amount" type="xs:decimal" use="required"/>
  </xs:complexType>
  <xs:simpleType name="Kind">
    <xs:restriction base="xs:string"><xs:enumeration value="P"/><xs:enumeration value="B"/></xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="Reference">
    <xs:restriction base="xs:string"><xs:pattern value="REF[0-9]+"/><xs:pattern value="OLD"/></xs:restriction>
  </xs:simpleType>
</xs:schema>
"""
EMPTY = '<File No=""><Sender><Address/></Sender></File>'


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "file.xsd"
    path.write_text(SCHEMA)
    return path


def planned(schema: Path, *places: Place) -> Element:
    return plan(schema, "File", [Place("", ("form:",)), *places])


def form(text: str) -> dict[str, etree._Element]:
    return {"form": etree.fromstring(text)}


def test_required_elements_and_attributes_stand_without_content_and_optional_ones_do_not(schema: Path) -> None:
    assert project(planned(schema), Part()) == EMPTY


def test_what_the_source_has_at_the_same_path_is_taken_in_the_order_of_the_schema(schema: Path) -> None:
    source = '<Form No="7"><Note Amount="2" Text="b"/><Unknown/><Sender Other="x" Name="Ada"/><Note Amount="1"/></Form>'
    expected = '<File No="7"><Sender Name="Ada"><Address/></Sender><Note Amount="2" Text="b"/><Note Amount="1"/></File>'
    assert project(planned(schema), Part(sources=form(source))) == expected


def test_an_optional_element_of_the_source_is_kept_even_when_it_says_nothing(schema: Path) -> None:
    assert "<Extra><Deeper" in project(planned(schema), Part(sources=form("<Form><Extra><Deeper/></Extra></Form>")))
    assert "<Extra/>" in project(planned(schema), Part(sources=form("<Form><Extra/></Form>")))


def test_an_optional_sequence_makes_what_is_in_it_optional(tmp_path: Path) -> None:
    path = tmp_path / "file.xsd"
    path.write_text(SCHEMA.replace('name="Deeper" minOccurs="0"', 'name="Deeper"'))
    assert "<Extra/>" in project(planned(path), Part(sources=form("<Form><Extra/></Form>")))


def test_no_more_instances_than_the_schema_allows(schema: Path) -> None:
    assert project(planned(schema), Part(sources=form("<Form>" + '<Note Amount="1"/>' * 3 + "</Form>"))).count("<Note") == 2


def test_a_given_value_wins_over_the_source_and_none_does_not(schema: Path) -> None:
    part = Part(sources=form('<Form No="7"><Sender Name="Ada" Kind="P"/></Form>'))
    part.give("", No="8")
    part.give("Sender", Name=None, Kind="B")
    assert project(planned(schema), part) == '<File No="8"><Sender Name="Ada" Kind="B"><Address/></Sender></File>'


def test_a_fallback_counts_only_where_the_source_lacks_the_element(schema: Path) -> None:
    for source, expected in (
        ("<Form><Sender/></Form>", '<Address City="Leeds" Street="High Row"/>'),
        ('<Form><Sender><Address City="York"/></Sender></Form>', '<Address City="York"/>'),
    ):
        part = Part(sources=form(source))
        part.fall_back("Sender/Address", City="Leeds", Street="High Row")
        assert expected in project(planned(schema), part)


def test_a_place_takes_its_content_from_elsewhere(schema: Path) -> None:
    places = (
        Place("Sender/@Name", ("form:Who/@Surname", "form:Who/@Name", "older:Person/@Name")),
        Place("Sender/@Reference", ("form:Who/@Ref",), prefix="REF"),
        Place("Extra/Deeper", ("answer:Body/Remark",)),
    )
    written = planned(schema, *places)
    assert project(written, Part(sources=form('<Form><Who Surname="" Name="Ada" Ref="12"/></Form>'))) == (
        '<File No=""><Sender Name="Ada" Reference="REF12"><Address/></Sender></File>'
    )
    assert 'Reference="REF12"' in project(written, Part(sources=form('<Form><Who Ref="REF12"/></Form>')))
    sources = form("<Form/>") | {
        "older": etree.fromstring('<Old><Person Name="Bo"/></Old>'),
        "answer": etree.fromstring('<Answer><Body><Remark Amount="3"/></Body></Answer>'),
    }
    assert project(written, Part(sources=sources)) == ('<File No=""><Sender Name="Bo"><Address/></Sender><Extra><Deeper Amount="3"/></Extra></File>')


def test_a_document_without_what_a_place_looks_for_leaves_no_trace(schema: Path) -> None:
    written = planned(schema, Place("Extra/Deeper", ("answer:Body/Remark",)))
    assert project(written, Part(sources=form("<Form/>") | {"answer": etree.fromstring("<Answer/>")})) == EMPTY


def test_a_place_that_the_schema_does_not_have_is_an_error(schema: Path) -> None:
    with pytest.raises(LookupError, match=r"file\.xsd has no such place: Sender/@Nmae, Talks"):
        planned(schema, Place("Sender/@Nmae", ("form:@Name",)), Place("Talks", ("form:Talk",)))
    with pytest.raises(ValueError, match="expected document:path"):
        planned(schema, Place("Talk", ("Talk",)))


def test_what_does_not_fit_is_cut_or_left_out(schema: Path) -> None:
    source = '<Form><Sender Kind="X" Reference="12"><Address City="Liverpool"/></Sender></Form>'
    assert project(planned(schema), Part(sources=form(source))) == '<File No=""><Sender><Address City="Liver"/></Sender></File>'
    assert 'Reference="OLD"' in project(planned(schema), Part(sources=form('<Form><Sender Reference="OLD"/></Form>')))


def test_a_required_attribute_that_nobody_has_is_given_the_emptiest_value(schema: Path) -> None:
    assert '<Note Amount="0"/>' in project(planned(schema), Part(sources=form("<Form><Note/></Form>")))


@pytest.mark.parametrize(
    ("type_", "expected"),
    [
        (Type("xs:string"), ""),
        (Type("xs:string", shortest=1), "0"),
        (Type("xs:string", values=frozenset("01")), "0"),
        (Type("xs:string", values=frozenset("PB")), None),
        (Type("xs:integer"), "0"),
        (Type("xs:date"), None),
    ],
)
def test_the_emptiest_value(type_: Type, expected: str | None) -> None:
    assert type_.emptiest == expected


def test_a_required_attribute_that_cannot_be_made_up_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "file.xsd"
    path.write_text(SCHEMA.replace('name="Kind" type="Kind"', 'name="Kind" type="Kind" use="required"'))
    with pytest.raises(ValueError, match="Sender/@Kind is required"):
        project(planned(path), Part())


def test_optional_elements_are_not_written_for_required_attributes_alone(schema: Path) -> None:
    part = Part()
    part.give("Extra/Deeper", Text=None, Unknown="x")
    assert project(planned(schema), part) == EMPTY
    part.give("Extra/Deeper", Text="x")
    assert '<Extra><Deeper Text="x" Amount="0"/></Extra>' in project(planned(schema), part)


def test_parts_are_instances_of_their_own_and_replace_those_of_the_source(schema: Path) -> None:
    part = Part(sources=form('<Form><Note Text="from the form" Amount="9"/></Form>'))
    for amount, here in (("1", None), ("2", etree.fromstring('<Loss Text="of the loss" Amount="7"/>'))):
        instance = Part("Note", here=here)
        instance.give("Note", Amount=amount)
        part.add(instance)
    assert project(planned(schema), part) == ('<File No=""><Sender><Address/></Sender><Note Amount="1"/><Note Text="of the loss" Amount="2"/></File>')


def test_the_elements_of_a_choice_stand_in_the_order_in_which_they_happened(schema: Path) -> None:
    part = Part()
    for name, amount in (("Offer", "1"), ("Reply", "2"), ("Offer", "3")):
        said = Part(f"Talk/{name}")
        said.give(f"Talk/{name}", Amount=amount)
        part.add(said)
    expected = '<Talk><Offer Amount="1"/><Reply Amount="2"/><Offer Amount="3"/><End Amount="0"/></Talk>'
    assert expected in project(planned(schema), part)
    assert expected in project(planned(schema), Part(sources=form(f"<Form>{expected}</Form>")))


def test_every_character_that_xml_can_carry_comes_back_as_it_was(schema: Path) -> None:
    text = '"O\'Brien" & <Söhne>\t1\n2\r3 – £ 𝄞'
    part = Part()
    part.give("Sender", Name=text)
    assert etree.fromstring(project(planned(schema), part))[0].get("Name") == text


def test_a_character_that_xml_cannot_carry_is_dropped(schema: Path) -> None:
    part = Part()
    part.give("Sender", Name="a\x00b\x1fc\ufffed")
    assert etree.fromstring(project(planned(schema), part))[0].get("Name") == "abcd"
