#!/bin/sh
# Scan-to-login with curl alone:  scan-to-login exec -- sh with_curl.sh
set -eu
post() { curl --silent --show-error --fail-with-body -X POST -H 'Content-Type: application/json' -d "$2" "$1"; }
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }
sim=$PAIRING_SIM_URL

# A client that shows a QR, and a phone whose owner confirms every QR of that client.
client=$(post "$sim/clients" '{"ticket": false}' | field client_id)
phone=$(post "$sim/phones" '{"persona": "approves"}' | field phone_id)
post "$sim/phones/$phone/watch" "{\"client_id\": \"$client\"}" > /dev/null

ticket=$(post "$sim/clients/$client/ticket" '{}' | field ticket_id)

# The gateway answers as soon as the ticket is confirmed: no polling, no sleep.
curl --silent --fail "$sim/await?ticket=$ticket&state=confirmed&timeout=10" > /dev/null

post "$sim/clients/$client/claim" '{}' > /dev/null
post "$sim/clients/$client/verification" '{"unit": "A", "declaration_password": "Unit-2019"}' |
  field stage

# What happened, as a diagram.
curl --silent --fail "$sim/journal?format=mermaid"
