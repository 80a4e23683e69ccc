"""A simulated 1C:Enterprise is a SOAP web service with the WSDL, the sessions and the failures of a real one."""
