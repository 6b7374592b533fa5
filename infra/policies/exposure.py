"""What the internet can reach, and how."""

from __future__ import annotations

from infra.policies.estate import Broken, Estate

_EVERYWHERE = {"0.0.0.0/0", "::/0"}
_HTTPS = 443
_TEST_PORT = 8443
_BALANCER = "lb/loadBalancer:LoadBalancer"
_INGRESS = "vpc/securityGroupIngressRule:SecurityGroupIngressRule"


def there_is_one_public_load_balancer(estate: Estate) -> Broken:
    public = [balancer.name for balancer in estate.of(_BALANCER) if not balancer.inputs.get("internal")]
    if len(public) != 1:
        yield f"public load balancers: {', '.join(public) or 'none'}"


def tasks_have_no_public_address(estate: Estate) -> Broken:
    for name, service in estate.services():
        if service.inputs["networkConfiguration"].get("assignPublicIp") is not False:
            yield f"{name} may get a public address"


def the_database_has_no_public_address(estate: Estate) -> Broken:
    for database in estate.of("rds/instance:Instance"):
        if database.inputs.get("publiclyAccessible") is not False:
            yield f"{database.name} is public"


def subnets_give_no_public_addresses(estate: Estate) -> Broken:
    for subnet in estate.of("ec2/subnet:Subnet"):
        if subnet.inputs.get("mapPublicIpOnLaunch") is not False:
            yield f"{subnet.name} gives public addresses"


def only_the_load_balancer_is_open_to_everybody(estate: Estate) -> Broken:
    entrance = estate.one(_BALANCER).inputs["securityGroups"]
    for rule in estate.of(_INGRESS):
        is_open = rule.inputs.get("cidrIpv4") in _EVERYWHERE or rule.inputs.get("cidrIpv6") in _EVERYWHERE
        expected = rule.inputs["securityGroupId"] in entrance and rule.inputs["fromPort"] in (80, _HTTPS)
        if is_open and not expected:
            yield f"{rule.name} is open to everybody"


def the_test_port_is_for_the_gate_alone(estate: Estate) -> Broken:
    for rule in estate.of(_INGRESS):
        if rule.inputs["fromPort"] == _TEST_PORT and not str(rule.inputs.get("cidrIpv4")).endswith("/32"):
            yield f"{rule.name} lets more than the gate to the test port"


def what_goes_out_to_everybody_is_https(estate: Estate) -> Broken:
    for rule in estate.of("vpc/securityGroupEgressRule:SecurityGroupEgressRule"):
        port = rule.inputs["fromPort"]
        allowed = port == _HTTPS or (port == _TEST_PORT and rule.name == estate.called("gate-to-test"))
        if rule.inputs.get("cidrIpv4") in _EVERYWHERE and not allowed:
            yield f"{rule.name} lets out to port {port:g} of everybody"


def listeners_speak_https_or_redirect_to_it(estate: Estate) -> Broken:
    for listener in estate.of("lb/listener:Listener"):
        action = listener.inputs["defaultActions"][0]
        to_https = action.get("redirect", {}).get("protocol") == "HTTPS"
        if listener.inputs["protocol"] != "HTTPS" and not to_https:
            yield f"{listener.name} speaks {listener.inputs['protocol']}"


def tls_is_1_2_or_newer(estate: Estate) -> Broken:
    for listener in estate.of("lb/listener:Listener"):
        policy = str(listener.inputs.get("sslPolicy"))
        if listener.inputs["protocol"] == "HTTPS" and not policy.startswith("ELBSecurityPolicy-TLS13-1-2-"):
            yield f"{listener.name} takes {policy}"


def browsers_are_told_to_stay_with_https(estate: Estate) -> Broken:
    header = "routingHttpResponseStrictTransportSecurityHeaderValue"
    for listener in estate.of("lb/listener:Listener"):
        if listener.inputs["protocol"] == "HTTPS" and "max-age" not in str(listener.inputs.get(header)):
            yield f"{listener.name} sends no Strict-Transport-Security"


def canaries_have_a_port_of_their_own(estate: Estate) -> Broken:
    if _TEST_PORT not in [listener.inputs["port"] for listener in estate.of("lb/listener:Listener")]:
        yield f"nothing listens on {_TEST_PORT}"


def invalid_headers_are_dropped(estate: Estate) -> Broken:
    for balancer in estate.of(_BALANCER):
        if not balancer.inputs.get("dropInvalidHeaderFields"):
            yield f"{balancer.name} passes invalid headers on"


def a_firewall_stands_before_the_load_balancer(estate: Estate) -> Broken:
    guarded = [one.inputs["resourceArn"] for one in estate.of("wafv2/webAclAssociation:WebAclAssociation")]
    for balancer in estate.of(_BALANCER):
        if balancer.outputs["arn"] not in guarded:
            yield f"{balancer.name} has no firewall"


def the_firewall_knows_attacks_and_counts_requests(estate: Estate) -> Broken:
    rules = estate.one("wafv2/webAcl:WebAcl").inputs["rules"]
    managed = [rule["name"] for rule in rules if "managedRuleGroupStatement" in rule["statement"]]
    if not {"AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"} <= set(managed):
        yield f"the firewall has only {', '.join(managed)}"
    if not any("rateBasedStatement" in rule["statement"] for rule in rules):
        yield "nobody is stopped who asks too often"


CHECKS = (
    there_is_one_public_load_balancer,
    tasks_have_no_public_address,
    the_database_has_no_public_address,
    subnets_give_no_public_addresses,
    only_the_load_balancer_is_open_to_everybody,
    the_test_port_is_for_the_gate_alone,
    what_goes_out_to_everybody_is_https,
    listeners_speak_https_or_redirect_to_it,
    tls_is_1_2_or_newer,
    browsers_are_told_to_stay_with_https,
    canaries_have_a_port_of_their_own,
    invalid_headers_are_dropped,
    a_firewall_stands_before_the_load_balancer,
    the_firewall_knows_attacks_and_counts_requests,
)
