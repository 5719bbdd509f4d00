// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a Kubernetes API about objects: value trees go in, reading views on value trees come out, and refusals are
 * {@link ApiError}s. Calls block; may be used by many threads at once.
 */
public final class ApiClient {
    private static final String JSON = "application/json";
    /** Objects per page of a list, as kubectl asks. */
    private static final int PAGE = 500;

    private final Api api;
    private final String manager;
    private final Request.@Nullable User user;
    private final Consumer<String> warnings;
    private final Texts texts = new Texts();

    /** A client in the name of whomever the transport makes out; {@code manager} names the program that writes. */
    public ApiClient(Api api, String manager) {
        this(api, manager, null, warning -> {});
    }

    /**
     * A client.
     *
     * @param manager the user agent and the field manager of writes, such as {@code fairlead-controllers}
     * @param user in whose name in-process requests are made; null leaves it to the transport
     * @param warnings takes the texts of {@code Warning} headers, one call each
     */
    public ApiClient(Api api, String manager, Request.@Nullable User user, Consumer<String> warnings) {
        this.api = api;
        this.manager = manager;
        this.user = user;
        this.warnings = warnings;
    }

    /** The object of that name. */
    public Tree get(Resource resource, ObjectName name) throws IOException, InterruptedException {
        return whole("GET", at(resource, name));
    }

    /** The object of that name; null when there is none. */
    public @Nullable Tree find(Resource resource, ObjectName name) throws IOException, InterruptedException {
        try {
            return get(resource, name);
        } catch (ApiError error) {
            if (error.isNotFound()) {
                return null;
            }
            throw error;
        }
    }

    /** All objects selected, read page by page, and the revision they are of. */
    public Listing list(Resource resource, Selection selection) throws IOException, InterruptedException {
        List<Tree> items = new ArrayList<>();
        long revision = list(resource, selection, items::add);
        return new Listing(List.copyOf(items), revision);
    }

    /** Objects and the revision at which they were so. */
    public record Listing(List<Tree> items, long revision) {}

    /**
     * Hands on each object selected, a page in memory at a time, in the order of their names.
     *
     * @return the revision at which they were so
     * @throws ApiError with {@link ApiError#isGone} when that revision was compacted between two pages
     */
    public long list(Resource resource, Selection selection, Consumer<Tree> item)
            throws IOException, InterruptedException {
        String next = "";
        do {
            Tree page = whole(
                    "GET",
                    Target.of(resource, selection.namespace())
                            .with("limit", String.valueOf(PAGE))
                            .with("continue", next)
                            .with(selection));
            page.trees("items").forEach(item);
            next = page.tree("metadata").text("continue", "");
            if (next.isEmpty()) {
                return Revisions.of(page);
            }
        } while (true);
    }

    /** Creates an object in its namespace; the answer has its uid and, for a {@code generateName}, its name. */
    public Tree create(Resource resource, Map<String, Object> object) throws IOException, InterruptedException {
        String namespace = Tree.of(object).tree("metadata").text("namespace", "");
        return write("POST", Target.of(resource, namespace), object);
    }

    /** Posts to a subresource, such as a pod's {@code binding}. */
    public Tree create(Resource resource, ObjectName name, String subresource, Map<String, Object> body)
            throws IOException, InterruptedException {
        return write("POST", at(resource, name).part(subresource), body);
    }

    /** Replaces an object; with a resourceVersion in it only if that is still the newest. */
    public Tree update(Resource resource, Map<String, Object> object) throws IOException, InterruptedException {
        return write("PUT", at(resource, name(object)), object);
    }

    /** Replaces an object's status, and nothing else. */
    public Tree updateStatus(Resource resource, Map<String, Object> object) throws IOException, InterruptedException {
        return update(resource, "status", object);
    }

    /** Replaces what a subresource shows of an object. */
    public Tree update(Resource resource, String subresource, Map<String, Object> object)
            throws IOException, InterruptedException {
        return write("PUT", at(resource, name(object)).part(subresource), object);
    }

    /** Changes an object. */
    public Tree patch(Resource resource, ObjectName name, Patch patch) throws IOException, InterruptedException {
        return patch(resource, name, "", patch);
    }

    /** Changes an object through a subresource ({@code status}, {@code scale}; empty for the object itself). */
    public Tree patch(Resource resource, ObjectName name, String subresource, Patch patch)
            throws IOException, InterruptedException {
        Target target = at(resource, name).part(subresource).with("fieldManager", manager);
        return tree(send(request("PATCH", target).with(Bodies.write(patch.document()), patch.mediaType())));
    }

    /** Asks for an object's end. The answer is the object while it still ends, else a Status. */
    public Tree delete(Resource resource, ObjectName name, Deletion how) throws IOException, InterruptedException {
        return tree(send(request("DELETE", at(resource, name)).with(Bodies.write(how.tree()), JSON)));
    }

    /** Asks for an object's end if it is there. */
    public void deleteIfThere(Resource resource, ObjectName name, Deletion how)
            throws IOException, InterruptedException {
        try {
            delete(resource, name, how);
        } catch (ApiError error) {
            if (!error.isNotFound()) {
                throw error;
            }
        }
    }

    /**
     * Follows the changes after {@code revision}; 0 begins with what is there. The caller closes the watch.
     *
     * @param seconds after how long the server is to end it
     */
    public Watch watch(Resource resource, Selection selection, long revision, int seconds)
            throws IOException, InterruptedException {
        Target target = Target.of(resource, selection.namespace())
                .with("watch", "true")
                .with("allowWatchBookmarks", "true")
                .with("timeoutSeconds", String.valueOf(seconds))
                .with("resourceVersion", String.valueOf(revision))
                .with(selection);
        Reply reply = send(request("GET", target));
        return switch (reply) {
            case Reply.Streamed streamed -> new Watch(streamed.stream(), texts);
            case Reply.Whole whole -> new Watch(new OneBody(whole.body()), texts);
        };
    }

    /** Any request, with this client's name on it; error answers become {@link ApiError}s. */
    public Reply call(Request request) throws IOException, InterruptedException {
        return send(dressed(request));
    }

    private Tree whole(String method, Target target) throws IOException, InterruptedException {
        return tree(send(request(method, target)));
    }

    private Tree write(String method, Target target, Map<String, Object> object)
            throws IOException, InterruptedException {
        Target named = target.with("fieldManager", manager);
        return tree(send(request(method, named).with(Bodies.write(object), JSON)));
    }

    private Request request(String method, Target target) {
        return dressed(Request.of(method, target.toString()));
    }

    private Request dressed(Request request) {
        Request named = request.with("user-agent", manager);
        Request asking = named.header("accept") == null ? named.with("accept", JSON) : named;
        return user == null ? asking : asking.as(user);
    }

    private Reply send(Request request) throws IOException, InterruptedException {
        Reply reply = api.call(request);
        String warned = reply.header("warning");
        if (warned != null) {
            warned.lines().map(ApiClient::text).forEach(warnings);
        }
        if (reply.status() < 400) {
            return reply;
        }
        throw ApiError.of(reply.status(), Bodies.lenient(reply.drained()));
    }

    /** The text of a warning, which travels as {@code 299 - "text"}. */
    private static String text(String warning) {
        int open = warning.indexOf('"');
        int close = warning.lastIndexOf('"');
        return close > open ? warning.substring(open + 1, close).replace("\\\"", "\"") : warning;
    }

    private Tree tree(Reply reply) throws IOException, InterruptedException {
        byte[] body = reply.drained();
        return Bodies.read(body, 0, body.length, texts);
    }

    private static Target at(Resource resource, ObjectName name) {
        if (name.name().isEmpty()) {
            throw new IllegalArgumentException("an object of " + resource.plural() + " needs a name");
        }
        return Target.of(resource, name.namespace()).part(name.name());
    }

    private static ObjectName name(Map<String, Object> object) {
        Tree meta = Tree.of(object).tree("metadata");
        return new ObjectName(meta.text("namespace", ""), meta.text("name", ""));
    }
}
