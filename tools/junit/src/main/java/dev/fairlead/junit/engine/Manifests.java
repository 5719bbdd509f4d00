// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.engine;

import dev.fairlead.cli.command.Failure;
import dev.fairlead.cli.command.manifest.Applying;
import dev.fairlead.cli.command.manifest.Manifest;
import dev.fairlead.cli.command.manifest.ManifestReader;
import dev.fairlead.cli.command.manifest.Plan;
import dev.fairlead.cli.command.manifest.Source;
import dev.fairlead.cli.command.session.Session;
import dev.fairlead.client.ApiClient;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.schema.Schema;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Applies and reads what a test gives as manifests. */
final class Manifests {
    private static final String CLASS_PATH = "classpath:";
    private static final String DEFAULT = "default";

    private final ApiClient client;
    private final Supplier<Kinds> kinds;

    /**
     * Manifests for one cluster.
     *
     * @param kinds those that are served at the moment
     */
    Manifests(ApiClient client, Supplier<Kinds> kinds) {
        this.client = client;
        this.kinds = kinds;
    }

    /**
     * Does what they say.
     *
     * @throws AssertionError naming everything that is wrong, by file, line and field; nothing is done then
     */
    void apply(List<String> given) throws IOException, InterruptedException {
        try {
            Session session = Session.over(client, kinds.get(), DEFAULT);
            Schema schema = Schema.load();
            List<Plan> plans = Applying.plans(read(given, session, schema), session, schema);
            for (int i = 0; i < plans.size(); i++) {
                Applying.carryOut(plans.get(i), session, schema, i, plans.size());
            }
        } catch (Failure wrong) {
            throw new AssertionError(wrong.getMessage(), wrong);
        }
    }

    /** The objects they name, without a look at the fields. */
    List<Manifest> named(List<String> given) throws IOException {
        try {
            return read(given, Session.over(client, kinds.get(), DEFAULT), null);
        } catch (Failure wrong) {
            throw new AssertionError(wrong.getMessage(), wrong);
        }
    }

    private List<Manifest> read(List<String> given, Session session, @Nullable Schema schema) throws IOException {
        List<Source> sources = new ArrayList<>();
        for (String one : given) {
            sources.addAll(sources(one));
        }
        return new ManifestReader(session.kinds(), schema, session.namespace(), null).read(sources);
    }

    private List<Source> sources(String given) throws IOException {
        if (given.indexOf('\n') >= 0) {
            return List.of(new Source("the text given", given));
        }
        if (!given.startsWith(CLASS_PATH)) {
            return Source.read(List.of(given), false, new ByteArrayInputStream(new byte[0]));
        }
        String name = given.substring(CLASS_PATH.length());
        ClassLoader tests = Thread.currentThread().getContextClassLoader();
        try (InputStream found = tests.getResourceAsStream(name.startsWith("/") ? name.substring(1) : name)) {
            if (found == null) {
                throw new Failure(
                        given + ": there is no such resource on the test's class path; it is looked for from the"
                                + " root, such as classpath:manifests/shop.yaml");
            }
            return List.of(new Source(given, new String(found.readAllBytes(), StandardCharsets.UTF_8)));
        }
    }
}
