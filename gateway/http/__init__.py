"""What is answered to a request: routes, the Flask app, problem documents. Sockets are ``gateway.server``'s."""
