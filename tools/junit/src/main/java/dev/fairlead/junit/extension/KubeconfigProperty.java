// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.extension;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The system property {@code kubeconfig}, of which there is one for all tests of a JVM. It names the cluster of the test that
 * runs. While tests of several clusters run at once, nobody can tell who asks: it names a file then whose server does not
 * exist and says so, rather than a cluster of another test, or the user's own.
 */
final class KubeconfigProperty implements AutoCloseable {
    private static final String NAME = "kubeconfig";
    private static final String AMBIGUOUS = """
            apiVersion: v1
            kind: Config
            clusters:
            - name: several
              cluster:
                server: https://several-fairlead-clusters-are-in-use-at-once.take-the-injected-client.invalid
            contexts:
            - name: several
              context:
                cluster: several
                user: nobody
                namespace: default
            users:
            - name: nobody
              user: {}
            current-context: several
            """;

    private final Map<String, Path> tests = new LinkedHashMap<>();
    private @Nullable String before;
    private @Nullable Path ambiguous;

    /** A test or class of that unique id begins to use a cluster. */
    synchronized void begin(String id, Path kubeconfig) {
        if (tests.isEmpty()) {
            before = System.getProperty(NAME);
        }
        tests.put(id, kubeconfig);
        set();
    }

    /** It does no more. */
    synchronized void end(String id) {
        if (tests.remove(id) != null) {
            set();
        }
    }

    private void set() {
        Collection<Path> named = innermost();
        String value = switch (named.size()) {
            case 0 -> before;
            case 1 -> named.iterator().next().toString();
            default -> ambiguous().toString();
        };
        if (value == null) {
            System.clearProperty(NAME);
        } else {
            System.setProperty(NAME, value);
        }
    }

    /** Those of the tests that run; of a class only while no test within it does. */
    private Collection<Path> innermost() {
        return tests.entrySet().stream()
                .filter(one -> tests.keySet().stream()
                        .noneMatch(other -> !other.equals(one.getKey()) && other.startsWith(one.getKey() + "/")))
                .map(Map.Entry::getValue)
                .collect(Collectors.toSet());
    }

    private Path ambiguous() {
        Path known = ambiguous;
        if (known == null) {
            try {
                known = Files.createTempFile("fairlead-", "-kubeconfig");
                Files.writeString(known, AMBIGUOUS);
            } catch (IOException full) {
                throw new UncheckedIOException(full);
            }
            ambiguous = known;
        }
        return known;
    }

    @Override
    public synchronized void close() throws IOException {
        if (ambiguous != null) {
            Files.deleteIfExists(ambiguous);
        }
    }
}
