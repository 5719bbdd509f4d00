// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;

/** One Service, as its clients see it. */
public interface TestService {
    /** Its name, without the namespace. */
    String name();

    /**
     * Waits until all pods that its selector is meant for are ready (as many as the workloads behind it want, one at least), and
     * traffic to them flows.
     */
    TestService awaitReady();

    /** Waits until traffic flows to exactly {@code endpoints}; 0 is possible. */
    TestService awaitEndpoints(int endpoints);

    /** Where its only port, or its first, is reached from this JVM: {@code http://127.2.0.7:8080}. */
    URI uri();

    /** Where a port, by its name or number, is reached from this JVM. */
    URI uri(String port);

    /** The same as an address. */
    InetSocketAddress address(String port);

    /** {@code backend.default.svc.<cluster>}: the name that resolves in this JVM, whatever other clusters are open. */
    String dnsName();

    /** The names of the pods that traffic flows to now. */
    List<String> endpoints();
}
