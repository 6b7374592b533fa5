from tandem.kit.problems import Complaint, Conflict, NotFound, Unprocessable


class CustomerNotFound(NotFound):
    title = "Customer not found"

    def __init__(self, customer_id: str) -> None:
        super().__init__(f"There is no customer {customer_id}.")


class ContactPersonNotFound(NotFound):
    title = "Contact person not found"

    def __init__(self, contact_person_id: str) -> None:
        super().__init__(f"There is no contact person {contact_person_id} at this customer.")


class ContactRequestNotFound(NotFound):
    title = "Contact request not found"

    def __init__(self, contact_request_id: str) -> None:
        super().__init__(f"There is no contact request {contact_request_id}.")


class AlreadyRegistered(Conflict):
    title = "Already a customer"

    def __init__(self, organisation_number: str) -> None:
        super().__init__(
            f"A company with the organisation number {organisation_number} is registered already."
            " Find it in the list of customers."
        )


class InvalidOrganisationNumber(Unprocessable):
    title = "The organisation number is mistyped"

    def __init__(self, organisation_number: str, check_digit: int) -> None:
        message = f"the check digit does not fit: the last digit should be {check_digit}"
        super().__init__(
            f"The check digit of the organisation number {organisation_number} does not fit:"
            f" the last digit should be {check_digit}.",
            [Complaint("body", "/organisation_number", message)],
        )


class LastContactPerson(Conflict):
    title = "The last contact person stays"

    def __init__(self, contact_person_id: str, customer_id: str) -> None:
        super().__init__(
            f"{contact_person_id} is the only contact person of {customer_id}."
            " Add another one before removing this one."
        )


class AlreadyAnswered(Conflict):
    title = "Answered already"

    def __init__(self, contact_request_id: str) -> None:
        super().__init__(f"Contact request {contact_request_id} is answered already.")
