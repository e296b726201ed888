"""Lines as small banks send them: a description and an amount, nothing else."""

from decimal import Decimal

import pytest

from domain.categories.dictionary import look_up
from domain.categories.system import ALL
from tests.domain.categories.shipped import shipped_entries

CODES = {category.id: category.code for category in ALL}
PRIMARY = {category.id: CODES[category.parent] if category.parent else category.code for category in ALL}

OUT = {
    "GENERAL_MERCHANDISE": [
        "AMZN Mktp US*RT4Y12",
        "TARGET 00012345",
        "WM SUPERCENTER #1234",
        "COSTCO WHSE #0123",
        "BEST BUY 00001234",
        "APPLE.COM/BILL",
        "Madison Bicycle Shop",
        "SparkFun",
        "ADOBE *CREATIVE CLOUD",
        "OPENAI *CHATGPT SUBSCR",
        "Amazon Prime*1A2B3C",
        "PETSMART # 1234",
        "MACY'S  .COM",
        "NORDSTROM #0034",
        "OLD NAVY US 1234",
        "H&M 0123",
        "ZARA USA 3456",
        "BARNES & NOBLE 2345",
        "7-ELEVEN 34567",
    ],
    "FOOD_AND_DRINK": [
        "SQ *BLUE BOTTLE COFFEE San Francisco CA",
        "STARBUCKS STORE 05412 SEATTLE WA",
        "UBER   EATS",
        "WHOLEFDS MKT 10234",
        "TRADER JOE S #552",
        "SAFEWAY #1234",
        "MCDONALD'S F12345",
        "CHIPOTLE 1234",
        "DUNKIN #345678 Q35",
        "TST* SWEETGREEN UNION SQ",
        "DD DOORDASH BURGERKIN",
        "DOORDASH*CHIPOTLE",
        "KFC",
        "Coffee Shop 12",
        "Grocery store 4",
        "TESCO STORES 3217",
        "SAINSBURYS S/MKTS",
        "REWE SAGT DANKE 4711",
        "ALDI 12345",
        "KROGER #456",
        "HEB #123",
        "PUBLIX SUPER MAR",
        "PANERA BREAD #601",
        "CHICK-FIL-A #01234",
        "WENDY'S 1234",
        "TACO BELL 023456",
    ],
    "TRANSPORTATION": [
        "UBER *TRIP",
        "LYFT *RIDE THU 8PM",
        "SHELL OIL 57442",
        "CHEVRON 0093821",
        "EXXONMOBIL 97654",
        "Uber 072515 SF**POOL**",
        "Uber 063015 SF**POOL**",
        "MTA*NYCT PAYGO",
        "Gas Station",
        "TFL TRAVEL CH",
        "PARKMOBILE",
        "E-ZPASS NY",
        "WAWA 8123",
        "City of Oakland parking",
        "BP#1234567 MAIN ST",
    ],
    "ENTERTAINMENT": [
        "NETFLIX.COM",
        "Spotify USA",
        "PAYPAL *SPOTIFY",
        "STEAMGAMES.COM 4259522985",
        "PLAYSTATION NETWORK",
        "GOOGLE *YouTubePremium",
        "AMC 1234 ONLINE",
        "TICKETMASTER",
    ],
    "MEDICAL": [
        "CVS/PHARMACY #08923",
        "WALGREENS #3233",
    ],
    "HOME_IMPROVEMENT": [
        "THE HOME DEPOT #0612",
        "LOWE'S #1234",
        "IKEA BROOKLYN",
    ],
    "RENT_AND_UTILITIES": [
        "COMCAST CABLE COMM",
        "VERIZON WIRELESS PAYMENTS",
        "AT&T *PAYMENT",
        "T-MOBILE PCS SVC",
        "PG&E WEB ONLINE",
        "CON ED OF NY INTELL CK",
        "RENT",
        "RENT PAYMENT",
    ],
    "GENERAL_SERVICES": [
        "GEICO *AUTO",
        "STATE FARM RO 27",
        "GUSTO PAY 123456",
        "USPS PO 1234567",
        "FEDEX 123456789",
    ],
    "PERSONAL_CARE": [
        "PLANET FIT CLUB FEES",
        "Touchstone Climbing",
        "Gym membership",
    ],
    "TRANSFER_OUT": [
        "ATM WITHDRAWAL 00123 MAIN ST",
        "Zelle payment to John",
        "VENMO *JANE DOE",
        "ONLINE TRANSFER TO SAV ...1234",
        "VANGUARD BUY",
    ],
    "BANK_FEES": [
        "OVERDRAFT FEE",
        "MONTHLY SERVICE FEE",
    ],
    "LOAN_PAYMENTS": [
        "AUTOMATIC PAYMENT - THANK",
        "CREDIT CARD 3333 PAYMENT *//",
        "TOYOTA FINANCIAL ETFR",
        "ROCKET MORTGAGE LOAN",
        "NAVIENT STUDENT LN",
    ],
    "TRAVEL": [
        "United Airlines",
        "DELTA AIR 0062345678901",
        "AIRBNB HMABCDEF",
        "MARRIOTT HOTELS",
        "HERTZ RENT-A-CAR",
        "SPIRIT AIRL 48700",
    ],
}
IN = {
    "INCOME": [
        "PAYROLL ACME CORP",
        "ACME INC DIRECT DEP",
        "ACME CORP SALARY",
        "INTEREST PAID",
        "INTRST PYMNT",
        "IRS TREAS 310 TAX REF",
    ],
}
CASES = [
    (line, amount, primary)
    for amount, lines in (("-12.50", OUT), ("1250.00", IN))
    for primary, described in lines.items()
    for line in described
]


@pytest.mark.parametrize(("line", "amount", "primary"), CASES)
def test_a_bare_line_gets_its_category(line: str, amount: str, primary: str) -> None:
    hit = look_up(line, None, Decimal(amount), shipped_entries())

    assert hit is not None
    assert PRIMARY[hit.category_id] == primary
