"""Tables of a service that follow the rows of another one."""
