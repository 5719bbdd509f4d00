// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.core.definition.Protocol;
import dev.fairlead.pods.environment.ServiceLinks.Link;
import dev.fairlead.pods.environment.ServiceLinks.Port;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ServiceLinksTest {
    @Test
    void bothForms() {
        String text = ServiceLinks.variables(List.of(
                        new Link(
                                "my-db",
                                IpAddress.of("10.96.0.7"),
                                List.of(new Port("sql-in", Protocol.TCP, 5432), new Port("dns", Protocol.UDP, 53))),
                        new Link("six", IpAddress.of("fd00::7"), List.of(new Port("", Protocol.TCP, 80))),
                        new Link("portless", IpAddress.of("10.96.0.8"), List.of())))
                .entrySet()
                .stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .collect(Collectors.joining("\n", "", "\n"));

        assertThat(text).isEqualTo("""
                        MY_DB_SERVICE_HOST=10.96.0.7
                        MY_DB_SERVICE_PORT=5432
                        MY_DB_SERVICE_PORT_SQL_IN=5432
                        MY_DB_SERVICE_PORT_DNS=53
                        MY_DB_PORT=tcp://10.96.0.7:5432
                        MY_DB_PORT_5432_TCP=tcp://10.96.0.7:5432
                        MY_DB_PORT_5432_TCP_PROTO=tcp
                        MY_DB_PORT_5432_TCP_PORT=5432
                        MY_DB_PORT_5432_TCP_ADDR=10.96.0.7
                        MY_DB_PORT_53_UDP=udp://10.96.0.7:53
                        MY_DB_PORT_53_UDP_PROTO=udp
                        MY_DB_PORT_53_UDP_PORT=53
                        MY_DB_PORT_53_UDP_ADDR=10.96.0.7
                        SIX_SERVICE_HOST=fd00::7
                        SIX_SERVICE_PORT=80
                        SIX_PORT=tcp://[fd00::7]:80
                        SIX_PORT_80_TCP=tcp://[fd00::7]:80
                        SIX_PORT_80_TCP_PROTO=tcp
                        SIX_PORT_80_TCP_PORT=80
                        SIX_PORT_80_TCP_ADDR=fd00::7
                        """);
    }
}
