"""From the template and a contract to a service that is right from its first minute."""
