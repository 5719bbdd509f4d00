// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.agent.network.Block;
import dev.fairlead.apiserver.pki.Credential;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.time.SystemTime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The certificates of all clusters of a JVM, made once, when the first needs them: a key takes longer than a cluster. */
final class Certificates {
    private static final User ADMIN = new User("admin", Set.of("system:masters"));
    private static final int FIRST_BLOCK = 2;
    private static final int LAST_BLOCK = 254;

    /** What a cluster with TLS shows and gives out. */
    record Made(String authority, Credential server, Credential admin) {}

    private final Path folder;
    private @Nullable Made made;

    Certificates(Path folder) {
        this.folder = folder;
    }

    synchronized Made get() throws IOException {
        Made known = made;
        if (known == null) {
            try (SystemTime time = new SystemTime()) {
                Pki pki = Pki.open(folder, time);
                known = new Made(pki.authority(), pki.server(names()), pki.client("admin", ADMIN));
            }
            made = known;
        }
        return known;
    }

    /** What the API of any cluster may be called: the Service {@code kubernetes} of each has an address of its own. */
    private static Set<String> names() {
        Set<String> names = new LinkedHashSet<>(List.of(
                "localhost",
                "127.0.0.1",
                "kubernetes",
                "kubernetes.default",
                "kubernetes.default.svc",
                "kubernetes.default.svc.cluster.local"));
        for (int number = FIRST_BLOCK; number <= LAST_BLOCK; number++) {
            names.add(Block.ofLoopback(number).services().first().plus(1).toString());
        }
        return names;
    }
}
