"""Whether a version of a service can go where others run: what runs there, who calls what, and who would break."""
