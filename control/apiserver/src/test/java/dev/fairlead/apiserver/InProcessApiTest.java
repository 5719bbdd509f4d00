// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import org.junit.jupiter.api.AfterEach;

/** The contract without sockets. */
class InProcessApiTest extends ApiContract {
    private final TestServer server = new TestServer();

    @Override
    Client api() {
        return new Client(server.api());
    }

    @AfterEach
    void stop() {
        server.close();
    }
}
