"""A program that names the person, with requests_oauth2client: CIBA, by polls."""

from requests_oauth2client import (
    BackChannelAuthenticationPollingJob,
    BackChannelAuthenticationResponse,
    BearerToken,
    OAuth2Client,
)


def begin(gateway: str, person: str, number: str) -> tuple[OAuth2Client, BackChannelAuthenticationResponse]:
    """Ask the person's phones. Show ``number``, two digits: the person enters them on the phone."""
    client = OAuth2Client.from_discovery_endpoint(
        f"{gateway}/oauth/.well-known/openid-configuration",
        client_id="web",
        client_secret="demo-secret",
        backchannel_authentication_endpoint=f"{gateway}/oauth/bc-authorize",  # it does not read this one
        testing=True,  # plain http on loopback
    )
    started = client.backchannel_authentication_request("openid profile", login_hint=person, binding_message=number)
    return client, started


def wait(client: OAuth2Client, started: BackChannelAuthenticationResponse) -> BearerToken:
    """Poll until the phone has confirmed or rejected, or the time is over."""
    job = BackChannelAuthenticationPollingJob(client, started)
    while True:
        token = job()
        if token is not None:
            return token
