"""The invoice as a PDF. The same invoice always gives the same bytes."""

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate

from fpdf import FPDF, XPos, YPos

from services.invoice.models import Invoice, InvoiceLine, Money

# The standard fonts that every PDF reader has know Windows' western letters and nothing else. Embedding a font with all
# letters costs half a megabyte and ten times the time.
_LETTERS = "cp1252"
_DATE, _TEXT, _AMOUNT = 25, 120, 35
_LINE_HEIGHT = 5.0


class Page(FPDF):
    def __init__(self, invoice: Invoice) -> None:
        super().__init__(format="A4")
        self.core_fonts_encoding = _LETTERS
        # Otherwise a shop could have the number of pages written into its name.
        self.str_alias_nb_pages = ""
        self.number = invoice.number
        self.currency = invoice.total.currency
        self._widths: dict[str, float] = {}
        self.set_margins(15, 15)
        self.set_auto_page_break(True, margin=20)
        self.set_creation_date(invoice.issued_at)
        self.set_title(f"Invoice {invoice.number}")
        self.set_lang("en")
        self.add_page()

    def header(self) -> None:
        if self.page_no() > 1:
            _table_head(self)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 5, f"Invoice {self.number}, page {self.page_no()}", align="C")

    def wrapped(self, text: str) -> list[str]:
        """`text` in parts that fit the column. FPDF's own `multi_cell` takes ten times as long."""
        parts = []
        while (fit := self._fitting(text)) < len(text):
            end = text.rfind(" ", 1, fit + 1)
            end = fit if end == -1 else end
            parts.append(text[:end])
            text = text[end:].lstrip()
        return [*parts, text]

    def _fitting(self, text: str) -> int:
        """How many letters of `text` fit the column."""
        ends = list(accumulate(map(self._letter_width, text)))
        return bisect_right(ends, _TEXT - 2 * self.c_margin)

    def _letter_width(self, letter: str) -> float:
        if letter not in self._widths:
            self._widths[letter] = self.get_string_width(letter)
        return self._widths[letter]


def render(invoice: Invoice, lines: Sequence[InvoiceLine]) -> bytes:
    """`lines` in the order in which they are to stand."""
    page = Page(invoice)
    _head(page, invoice)
    _table_head(page)
    for line in lines:
        _line(page, line)
    _foot(page, invoice)
    return bytes(page.output())


def _head(page: Page, invoice: Invoice) -> None:
    page.set_font("Helvetica", "B", 20)
    page.cell(0, 14, f"Invoice {invoice.number}", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    facts = {
        "Customer": invoice.customer_id,
        "Account": invoice.account_id,
        "Period": invoice.period,
        "Issued": invoice.issued_at.date().isoformat(),
        "Last day to pay": invoice.due_on.isoformat(),
        "Payment reference": invoice.number,
    }
    for name, value in facts.items():
        page.set_font("Helvetica", "B", 9)
        page.cell(40, _LINE_HEIGHT, name)
        page.set_font("Helvetica", size=9)
        page.cell(0, _LINE_HEIGHT, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    page.ln(8)


def _table_head(page: Page) -> None:
    page.set_font("Helvetica", "B", 9)
    _row(page, "Date", "What", page.currency, border="B")
    page.set_font("Helvetica", size=9)


def _line(page: Page, line: InvoiceLine) -> None:
    text = line.description if line.kind == "purchase" else f"{line.kind.capitalize()}: {line.description}"
    first, *rest = page.wrapped(printable(text))
    _row(page, line.booked_at.date().isoformat(), first, grouped(line.amount.amount))
    for part in rest:
        _row(page, "", part, "")


def _foot(page: Page, invoice: Invoice) -> None:
    page.ln(3)
    page.set_font("Helvetica", "B", 11)
    page.cell(_DATE + _TEXT, 8, "Total to pay", border="T")
    page.cell(_AMOUNT, 8, _money(invoice.total), border="T", align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _row(page: Page, day: str, text: str, amount: str, border: str = "") -> None:
    page.cell(_DATE, _LINE_HEIGHT, day, border=border)
    page.cell(_TEXT, _LINE_HEIGHT, text, border=border)
    page.cell(_AMOUNT, _LINE_HEIGHT, amount, border=border, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def grouped(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace(",", " ")


def _money(money: Money) -> str:
    return f"{grouped(money.amount)} {money.currency}"


def printable(text: str) -> str:
    """`text` in the letters of the font: without the accent where only the plain letter is there, else `?`."""
    composed = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    return composed if _known(composed) else "".join(map(_letter, composed))


def _letter(letter: str) -> str:
    if unicodedata.combining(letter):
        return ""
    plain = unicodedata.normalize("NFKD", letter)[0]
    return next((candidate for candidate in (letter, plain) if _known(candidate)), "?")


def _known(text: str) -> bool:
    try:
        text.encode(_LETTERS)
    except UnicodeEncodeError:
        return False
    return True
