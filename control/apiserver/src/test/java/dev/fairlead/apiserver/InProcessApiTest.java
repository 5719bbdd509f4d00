// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.wire.exchange.Request;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contract without sockets. */
class InProcessApiTest extends ApiContract {
    private final TestServer server = new TestServer();

    @Override
    Client api() {
        return new Client(server.api());
    }

    @Test
    void who_may_not_is_told_what() {
        Request request = Request.of("GET", SERVICES).as(new Request.User("nobody", Set.of()));
        assertThat(api().send(request).is(403).message())
                .isEqualTo("services is forbidden: User \"nobody\" cannot list resource \"services\" in API group \"\""
                        + " in the namespace \"default\"");
    }

    @AfterEach
    void stop() {
        server.close();
    }
}
