from ecatalog.testing.service_checks import ServiceChecks


class TestService(ServiceChecks):
    name = "integration"
