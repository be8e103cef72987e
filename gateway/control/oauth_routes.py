"""Routes of the control plane for OAuth: clients at run time, new signing keys, and faults of id_tokens."""

from gateway.control.faults.faults import ID_TOKEN_KINDS, FaultKind, Faults
from gateway.control.journal.journal import Journal, Kind, Participant
from gateway.foundation.errors import Refusal
from gateway.http.routes import Answer, Call, Router
from gateway.oauth.client_store import ClientStore
from gateway.oauth.logout.backchannel import Attempt
from gateway.oauth.model import Client
from gateway.oauth.signing_keys import SigningKeys
from gateway.oauth.tickets.notifications import NotificationAttempt
from gateway.oauth.tokens import Distortion
from scan_to_login.protocol import AccessTokenFormat, Code, DeliveryMode, OAuthGrantType, SigningAlgorithm
from scan_to_login.seed import SeedClient

LONG_AGO_SECONDS = 86_400


class ClientView(Answer):
    """A registered client, without its secret."""

    client_id: str
    name: str
    confidential: bool
    redirect_uris: list[str]
    post_logout_redirect_uris: list[str]
    backchannel_logout_uri: str
    backchannel_token_delivery_mode: DeliveryMode
    backchannel_client_notification_endpoint: str
    grant_types: list[OAuthGrantType]
    access_token_format: AccessTokenFormat
    id_token_signed_response_alg: SigningAlgorithm


class ClientList(Answer):
    """All registered clients, by id."""

    clients: list[ClientView]


def router(clients: ClientStore, signing_keys: SigningKeys, journal: Journal, prefix: str) -> Router:
    """The list of routes."""

    def list_oauth_clients(_call: Call) -> ClientList:
        """All registered clients."""
        return ClientList(clients=[_view(client) for client in clients.all()])

    def put_oauth_client(_call: Call, body: SeedClient) -> ClientView:
        """Register a client as a seed describes one, in the place of one with the same id."""
        clients.put(body)
        journal.note("a client was registered", client_id=body.client_id)
        found = clients.get(body.client_id)
        if found is None:
            raise Refusal(Code.NOT_FOUND)
        return _view(found)

    def remove_oauth_client(call: Call) -> None:
        """Remove a client. What it has got works on; it gets nothing more."""
        if not clients.remove(call.path["client_id"]):
            raise Refusal(Code.NOT_FOUND, "There is no such client.")
        journal.note("a client was removed", client_id=call.path["client_id"])

    def rotate_oauth_keys(_call: Call) -> None:
        """Sign with new keys from now on; those before are published for a day more."""
        signing_keys.rotate()
        journal.note("the signing keys were rotated")

    room = Router("oauth", prefix)
    room.add("GET", "/oauth/clients", list_oauth_clients, returns=ClientList)
    room.add("POST", "/oauth/clients", put_oauth_client, body=SeedClient, returns=ClientView, status=201)  # type: ignore[arg-type]
    room.add("DELETE", "/oauth/clients/<client_id>", remove_oauth_client, codes=(Code.NOT_FOUND,))
    room.add("POST", "/oauth/keys", rotate_oauth_keys)
    return room


def spoiled(faults: Faults, now_ms: int) -> Distortion:
    """How the faults in force spoil the id_token that is made now."""
    distortion = Distortion()
    for fired in faults.fire(ID_TOKEN_KINDS, Participant.CLIENT):
        match fired.fault.kind:
            case FaultKind.ID_TOKEN_SIGNATURE:
                distortion.corrupt = True
            case FaultKind.ID_TOKEN_ISSUER:
                distortion.claims["iss"] = "https://another-issuer.invalid"
            case _:
                at = now_ms // 1000 - LONG_AGO_SECONDS
                distortion.claims |= {"iat": at, "exp": at + 60}
    return distortion


def record_logout(journal: Journal, attempt: Attempt) -> None:
    """Write a logout token and the client's answer into the journal, as the call that it is."""
    name = "POST backchannel_logout_uri"
    asked = {"client_id": attempt.client_id, "uri": attempt.uri, "sid": attempt.sid}
    journal.write(Kind.REQUEST, name, Participant.GATEWAY, Participant.CLIENT, body=asked)
    journal.write(
        Kind.ANSWER,
        name,
        Participant.CLIENT,
        Participant.GATEWAY,
        body={"error": attempt.error or None, "again_in": attempt.again_in},
        status=attempt.status,
        duration_ms=attempt.milliseconds,
    )


def record_notification(journal: Journal, attempt: NotificationAttempt) -> None:
    """Write a notification of CIBA and the client's answer into the journal, as the call that it is."""
    name = "POST backchannel_client_notification_endpoint"
    asked = {"client_id": attempt.client_id, "uri": attempt.uri, "told": attempt.told}
    more = {"ticket_id": attempt.ticket_id}
    journal.write(Kind.REQUEST, name, Participant.GATEWAY, Participant.CLIENT, body=asked, **more)
    journal.write(
        Kind.ANSWER,
        name,
        Participant.CLIENT,
        Participant.GATEWAY,
        body={"error": attempt.error or None, "again_in": attempt.again_in},
        status=attempt.status,
        duration_ms=attempt.milliseconds,
        **more,
    )


def _view(client: Client) -> ClientView:
    return ClientView.model_validate({name: getattr(client, name) for name in ClientView.model_fields})
