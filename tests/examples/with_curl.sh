#!/bin/sh
# Scan-to-login with curl alone; $GATEWAY, $PHONES and $CLIENTS are where
#   gateway serve --sim --seed demo,  app-simulator serve  and  client-stub serve  listen.
set -eu
post() { curl --silent --show-error --fail-with-body -X POST -H 'Content-Type: application/json' -d "$2" "$1"; }
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }

# A client that shows a QR, and a phone whose owner confirms every QR of that client.
client=$(post "$CLIENTS/clients" '{"ticket": false}' | field client_id)
phone=$(post "$PHONES/phones" '{"persona": "approves"}' | field phone_id)
post "$PHONES/phones/$phone/watch" "{\"client\": \"$CLIENTS/clients/$client\"}" > /dev/null

ticket=$(post "$CLIENTS/clients/$client/ticket" '{}' | field ticket_id)

# The gateway answers as soon as the ticket is confirmed: no polling, no sleep.
curl --silent --fail "$GATEWAY/sim/v1/await?ticket=$ticket&state=confirmed&timeout=10" > /dev/null

post "$CLIENTS/clients/$client/claim" '{}' > /dev/null
post "$CLIENTS/clients/$client/verification" '{"unit": "A", "declaration_password": "Unit-2019"}' |
  field stage

# What happened, as a diagram.
curl --silent --fail "$GATEWAY/sim/v1/journal?format=mermaid"
