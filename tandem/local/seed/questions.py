"""What companies ask the support desk, and what it answers."""

QUESTIONS = (
    ("credit", "Can our limit be raised before the summer season?", "Yes. We have raised it as of today."),
    (
        "credit",
        "We want to lower our limit, how do we do that?",
        "Tell us the limit you want and we set it the same day.",
    ),
    ("card", "My new card has not arrived yet.", "It was posted on Tuesday. It takes three to five working days."),
    (
        "card",
        "A colleague leaves at the end of the month. How do I stop the card?",
        "You can cancel it in the app under Cards.",
    ),
    (
        "card",
        "The terminal at the petrol station refuses my card.",
        "The card was frozen in the app. It works again now.",
    ),
    (
        "invoice",
        "Could we get the invoice as a PDF to our accountant?",
        "Yes, it is under Invoices. We have also sent it.",
    ),
    (
        "invoice",
        "We paid last week but the invoice still shows as open.",
        "The payment came in today and is registered.",
    ),
    ("invoice", "Can we have ten more days for this invoice?", "Yes, until the tenth. There is no reminder fee."),
    (
        "transaction",
        "I do not recognise a purchase at Circle K.",
        "It was made with Erik's card. We sent you the details.",
    ),
    ("transaction", "A shop charged us twice for the same order.", "The shop has refunded one of them."),
    ("other", "We are moving. Where do I change our address?", "You can change it in the app under Company."),
    ("other", "Who may be a contact person?", "Anyone who speaks for the company. You add them yourselves."),
)
