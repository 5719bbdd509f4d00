// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.manifest;

import dev.fairlead.cli.command.session.Session;
import dev.fairlead.cli.command.session.Url;
import dev.fairlead.client.ApiError;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import dev.fairlead.wire.patch.StrategicDifference;
import dev.fairlead.wire.schema.Schema;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done so that the API holds what a manifest says: nothing, create it, or change what is there.
 *
 * @param live the object as it is; null when it is not there
 * @param patch the change; empty when nothing is to do or the object is to be created
 */
public record Plan(Manifest manifest, @Nullable Tree live, Map<String, Object> patch) {
    /** What becomes of the object. */
    public enum Outcome {
        CREATED,
        CONFIGURED,
        UNCHANGED;

        /** As it is printed. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Looks at what is there. */
    public static Plan of(Manifest manifest, Session session, Schema schema) throws IOException, InterruptedException {
        Tree live = live(manifest, session);
        if (live == null) {
            return absent(manifest);
        }
        Map<String, Object> last = LastApplied.of(live);
        Map<String, Object> patch = StrategicDifference.threeWay(
                        schema.require(manifest.resource()),
                        last == null ? Map.of() : last,
                        LastApplied.marked(manifest.fields()),
                        live.fields())
                .patch();
        return new Plan(manifest, live, patch);
    }

    /** The plan for an object that is not there. */
    static Plan absent(Manifest manifest) {
        return new Plan(manifest, null, Map.of());
    }

    private static @Nullable Tree live(Manifest manifest, Session session) throws IOException, InterruptedException {
        try {
            return session.ask(new Url(path(manifest)));
        } catch (ApiError error) {
            if (error.isNotFound()) {
                return null;
            }
            throw error;
        }
    }

    private static String path(Manifest manifest) {
        return manifest.resource().path(Url.encode(manifest.namespace()), Url.encode(manifest.name()));
    }

    /** What carrying it out comes to. */
    public Outcome outcome() {
        if (live == null) {
            return Outcome.CREATED;
        }
        return patch.isEmpty() ? Outcome.UNCHANGED : Outcome.CONFIGURED;
    }

    /** Whether somebody made the object without apply, so that what the manifest leaves out stays as it is. */
    public boolean adopts() {
        return live != null && LastApplied.of(live) == null;
    }

    /**
     * Carries it out, or with {@code dry} has the server check that it could be.
     *
     * @return the object as it is then
     * @throws ApiError when the server refuses
     */
    public Tree run(Session session, boolean dry) throws IOException, InterruptedException {
        if (live == null) {
            Url collection = new Url(manifest.resource().path(Url.encode(manifest.namespace()), null));
            byte[] body = Json.write(LastApplied.marked(manifest.fields()));
            return session.ask(Request.of("POST", written(collection, dry)).with(body, "application/json"));
        }
        if (patch.isEmpty()) {
            return live;
        }
        return session.ask(Request.of("PATCH", written(new Url(path(manifest)), dry))
                .with(Json.write(patch), "application/strategic-merge-patch+json"));
    }

    private static String written(Url url, boolean dry) {
        return url.with("fieldManager", "fairlead-apply")
                .with("fieldValidation", "Strict")
                .with("dryRun", dry ? "All" : "")
                .text();
    }
}
