"""The calculations of the packs, by hand."""

from datetime import date
from decimal import Decimal

import pytest

from gateway.contract.load import BadTable
from gateway.contract.tariff import load
from gateway.domain import money
from gateway.domain.money import Head, TariffWarning


def d(text):
    return Decimal(text)


def head(kind, gross, percent="0", interest="0", **more):
    return Head(kind, d(gross), d(percent), d(interest), **more)


@pytest.mark.parametrize(
    ("gross", "percent", "after"),
    [
        ("1000", "10", "900.00"),  # the example of a real answer
        ("1000.00", "0", "1000.00"),
        ("1000", "100", "0.00"),
        ("333.33", "33.33", "222.23"),  # 222.231111
        ("0.05", "50", "0.03"),  # 0.025, where half-even would give 0.02
        ("0.25", "50", "0.13"),  # 0.125, where half-even would give 0.12
        ("9999999999999.99", "12.5", "8749999999999.99"),  # 8749999999999.99125
    ],
)
def test_c1_c2_after_contribution(gross, percent, after):
    result = money.after_contribution(d(gross), d(percent))
    assert str(result) == after


def test_c3_an_agreed_gross_is_the_claimed_one():
    assert money.gross_agreed(d("1000"), d("1000.00"))
    assert not money.gross_agreed(d("1000"), d("999.99"))


@pytest.mark.parametrize(
    ("claimed", "offered", "dispute"), [("900.00", "700.00", "200.00"), ("900.00", "900.00", "0.00"), ("900.00", "950.00", "0.00")]
)
def test_c4_amount_in_dispute_does_not_fall_below_zero(claimed, offered, dispute):
    assert str(money.amount_in_dispute(d(claimed), d(offered))) == dispute


def test_c5_and_c6_of_the_real_answer_differ():
    heads = [head("3", "1000", "10")]
    assert str(money.total_heads(heads)) == "900.00"
    assert str(money.interim_requested(heads)) == "1000.00"


def test_c5_counts_interest_and_leaves_out_what_is_not_pursued():
    heads = [head("11", "2000", "25", "40.50"), head("6", "100"), head("5", "999", pursued=False)]
    assert money.total_heads(heads) == d("1640.50")  # 1500 + 40.50 + 100
    assert money.interim_requested(heads) == d("2100.00")


def test_nothing_comes_to_zero_pounds():
    assert str(money.total_heads([])) == str(money.losses_offered([])) == str(money.interim_received([])) == "0.00"


@pytest.mark.parametrize(
    ("requested", "more", "enough"),
    [("999.99", False, False), ("1000.00", False, True), ("1000.01", True, True), ("25000", True, True)],
)
def test_c7_c8_around_a_thousand_pounds(requested, more, enough):
    assert money.payment_more_requested(d(requested)) is more
    assert money.reaches_interim_minimum(d(requested)) is enough


def test_c9_losses_offered():
    heads = [head("11", "2000", "25", "10"), head("6", "100")]
    assert money.losses_offered(heads) == d("1610.00")
    assert str(money.losses_offered(heads, repudiated=True)) == "0.00"


@pytest.mark.parametrize(
    ("losses", "interim", "cru", "net"),
    [
        ("3000.00", "1000.00", "250.50", "1749.50"),
        ("0.00", "1000.00", "250.50", "-1250.50"),  # repudiation: what was paid and deducted
        ("0.00", "0.00", "0.00", "0.00"),
    ],
)
def test_c10_net_value(losses, interim, cru, net):
    assert str(money.net_value(d(losses), d(interim), d(cru))) == net


def test_c11_c12_c13_interim_payments():
    assert money.interim_received([d("1000.00"), d("1500.00")]) == d("2500.00")
    agreed = money.interim_agreed(d("1200.00"), d("200.00"))
    assert agreed == d("1000.00")
    assert money.interim_fully_agreed(agreed, d("1000.00"))
    assert money.interim_fully_agreed(d("1000.01"), d("1000.00"))
    assert not money.interim_fully_agreed(d("999.99"), d("1000.00"))


def test_c14_c15_a_global_offer_may_exceed_the_heads():
    heads = [head("11", "2000")]
    offered = money.global_offer(d("2500"))
    assert offered > money.total_heads(heads)
    assert str(offered) == "2500.00"
    assert money.agreed_amount(offered, d("1000.00"), d("50.25")) == d("1449.75")
    assert money.agreed_amount(d("500"), d("1000.00"), d("0")) == d("-500.00")


def test_c18_packs_are_numbered_from_one():
    assert [money.interim_number(before) for before in range(3)] == [1, 2, 3]


def test_c19_to_c22_the_totals_of_release_7():
    heads = [
        head("16", "1320", tariff_type="1", duration="4", uplift=d("20")),
        head("11", "2000", "0", "25.00"),
        head("3", "400.40", "50"),
        head("10", "100"),
        head("10", "50"),
    ]
    assert money.total_tariff(heads) == d("1320.00")
    assert money.total_psla(heads) == d("2025.00")
    assert money.total_other_losses(heads) == d("350.20")
    assert money.total_uplift(heads) == d("264.00")
    assert money.total_with_uplift(heads) == d("3959.20")
    assert money.total_with_uplift(heads) == money.losses_offered(heads)


def test_c21_the_uplift_follows_the_contribution():
    assert money.total_uplift([head("16", "240", "25", uplift=d("7"))]) == d("12.60")  # 7 % of 180
    assert money.total_uplift([head("11", "240", uplift=d("7"))]) == d("0.00")


def test_c22_without_uplift_is_c5():
    heads = [head("16", "240", "10"), head("11", "500"), head("4", "12.34", "0", "0.66")]
    assert money.total_with_uplift(heads) == money.total_heads(heads) == d("729.00")


BANDS_2021 = [("1", "240", "260"), ("2", "495", "520"), ("3", "840", "895"), ("4", "1320", "1390")]
BANDS_2021 += [("5", "2040", "2125"), ("6", "3005", "3100"), ("7", "4215", "4345")]
BANDS_2025 = [("1", "275", "300"), ("2", "565", "595"), ("3", "965", "1025"), ("4", "1510", "1595")]
BANDS_2025 += [("5", "2335", "2435"), ("6", "3445", "3550"), ("7", "4830", "4975")]


@pytest.mark.parametrize(
    ("accident", "bands"),
    [(date(2021, 5, 31), BANDS_2021), (date(2025, 5, 30), BANDS_2021), (date(2025, 5, 31), BANDS_2025), (date(2026, 11, 22), BANDS_2025)],
)
def test_the_tariff_by_day_of_accident_and_band(accident, bands):
    for duration, whiplash, with_psychological_injury in bands:
        assert money.tariff_amount(accident, "1", duration) == d(whiplash)
        assert money.tariff_amount(accident, "2", duration) == d(with_psychological_injury)


@pytest.mark.parametrize(
    ("accident", "kind", "duration"),
    [
        (date(2021, 5, 30), "1", "1"),
        (date(2021, 5, 31), "1", "0"),
        (date(2021, 5, 31), "3", "1"),
        (date(2021, 5, 31), "1", "8"),
        (date(2021, 5, 31), "1", "x"),
    ],
)
def test_no_amount_of_the_tariff(accident, kind, duration):
    assert money.tariff_amount(accident, kind, duration) is None


def test_another_amount_than_the_tariff_is_worth_a_warning():
    tariff = head("16", "500", tariff_type="2", duration="2")
    warning = money.tariff_warning(tariff, date(2025, 5, 30))
    assert warning == TariffWarning(d("500"), d("520"))
    assert str(warning) == "500 is claimed as whiplash tariff; the tariff is 520"
    before = money.tariff_warning(tariff, date(2021, 5, 30))
    assert before == TariffWarning(d("500"), None)
    assert str(before) == "500 is claimed as whiplash tariff for an accident before there was one"


@pytest.mark.parametrize(
    "one",
    [
        head("16", "520", tariff_type="2", duration="2"),
        head("16", "520.00", tariff_type="2", duration="2", uplift=d("20")),  # the uplift is counted apart
        head("16", "7000", tariff_type="1", duration="0"),  # over 24 months
        head("16", "7000"),  # says too little
        head("11", "500", tariff_type="2", duration="2"),
    ],
)
def test_no_warning(one):
    assert money.tariff_warning(one, date(2025, 5, 30)) is None


GOOD = """[one]
from = 2021-05-31
bands = [3, 6]
whiplash = [240, 495]
with-psychological-injury = [260, 520]
basis = "S"
"""


@pytest.mark.parametrize(
    ("was", "is_now", "said"),
    [
        ("basis", "reason", "basis is missing"),
        ('basis = "S"', 'basis = "S"\nuntil = 2025-05-30', "nobody knows until"),
        ("[240, 495]", "[240]", "whiplash has 1 amounts for 2 bands"),
        ("[260, 520]", "[520, 260]", "each higher than the one before"),
        ("[260, 520]", "[260, 520.5]", "whole numbers"),
        ("2021-05-31", '"2021-05-31"', "from must be date"),
    ],
)
def test_a_bad_tariff_table_stops_the_start(tmp_path, was, is_now, said):
    file = tmp_path / "tariff.toml"
    file.write_text(GOOD.replace(was, is_now))
    with pytest.raises(BadTable, match=said):
        load(file)


def test_tariffs_stand_in_order_of_time(tmp_path):
    file = tmp_path / "tariff.toml"
    file.write_text(GOOD + GOOD.replace("[one]", "[two]"))
    with pytest.raises(BadTable, match="stands after"):
        load(file)
