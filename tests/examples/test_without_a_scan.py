"""A login without a QR: the client names the account, its phone is asked."""


def test_the_named_accounts_phone_is_asked(phone, client):
    ticket = client.request_ticket(target="agent")  # as a login form takes it: login name, phone or ID number
    page = phone.open_request(ticket.ticket_id)  # or the newest of phone.login_requests(wait=20)
    number = client.wait_for("scanned").number  # the client shows it, the person types it
    phone.confirm(page, number=number)
    assert client.claim().account.login_name == "agent"
