"""A program without a browser, with requests_oauth2client: the device flow."""

from requests_oauth2client import BearerToken, DeviceAuthorizationPoolingJob, DeviceAuthorizationResponse, OAuth2Client


def begin(gateway: str) -> tuple[OAuth2Client, DeviceAuthorizationResponse]:
    """Show `verification_uri_complete` as a QR: it is what the phone scans."""
    client = OAuth2Client.from_discovery_endpoint(
        f"{gateway}/oauth/.well-known/openid-configuration",
        client_id="desk",
        device_authorization_endpoint=f"{gateway}/oauth/device_authorization",  # it does not read this one
        id_token_signed_response_alg="ES256",
        testing=True,  # plain http on loopback
    )
    return client, client.authorize_device(scope="openid profile")


def wait(client: OAuth2Client, started: DeviceAuthorizationResponse) -> BearerToken:
    """Poll until the phone has confirmed or rejected, or the time is over."""
    job = DeviceAuthorizationPoolingJob(client, started, interval=started.interval)
    while True:
        token = job()
        if token is not None:
            return token
