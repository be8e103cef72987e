"""A login without a QR: the client names the account, its phone is asked."""


def test_the_named_accounts_phone_is_asked(phone, client):
    ticket = client.request_ticket(target="agent")  # as a login form takes it: login name, phone or ID number
    page = phone.open_request(ticket.ticket_id)  # or the newest of phone.login_requests(wait=20)
    number = client.wait_for("scanned").number  # the client shows it, the person types it
    phone.confirm(page, number=number)
    assert client.claim().account.login_name == "agent"


def test_a_remembered_computer_asks_the_same_persons_phone(phone, client, clock):
    phone.confirm(phone.scan(client.request_ticket().qr))
    client.wait_for("confirmed")
    token = client.claim(remember=True).remembered  # keep it as a password is kept; each login by it has a new one

    clock.advance(30)  # the phone's next one-time code: a confirm need not wait for it
    client.request_ticket(remembered=token)
    page = phone.open_request(phone.login_requests(wait=20)[0])
    phone.confirm(page, number=client.wait_for("scanned").number)
    assert client.claim().account.login_name == "agent"
