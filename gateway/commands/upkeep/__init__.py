"""Commands on the data of a gateway, whether it runs or not."""
