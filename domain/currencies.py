"""The currencies that money can be in, and how many minor digits each has.

Source: ISO 4217, list one (current currencies and funds), without the codes that have no minor unit: metals, units of
account, testing. CLDR is not used: its digits follow customs of display (IQD 0, LBP 0) and not the standard (3, 2).
"""

from domain.mistakes import Problem


class UnknownCurrency(Problem):
    """Not the upper-case code of a current ISO 4217 currency with a minor unit."""


_TWO_DIGITS = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP
    COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
    JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN
    NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL
    THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
"""
_OTHER_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

MINOR_DIGITS: dict[str, int] = dict.fromkeys(_TWO_DIGITS.split(), 2) | {
    code: digits for digits, codes in _OTHER_DIGITS.items() for code in codes.split()
}


def minor_digits(currency: str) -> int:
    """Digits behind the point: 2 for USD, 0 for JPY, 3 for BHD. Raises `UnknownCurrency`."""
    digits = MINOR_DIGITS.get(currency)
    if digits is None:
        raise UnknownCurrency("This is not the code of a current currency, such as USD, EUR or JPY.")
    return digits
