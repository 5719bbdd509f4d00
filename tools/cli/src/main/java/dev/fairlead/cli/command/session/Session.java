// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import dev.fairlead.cli.command.Failure;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.ApiError;
import dev.fairlead.client.https.HttpsApi;
import dev.fairlead.client.https.Kubeconfig;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One command's talk with one API. */
public final class Session implements AutoCloseable {
    private static final String MANAGER = "fairlead";

    private final ApiClient client;
    private final Kinds kinds;
    private final String namespace;
    private final Runnable closing;

    private Session(ApiClient client, Kinds kinds, String namespace, Runnable closing) {
        this.client = client;
        this.kinds = kinds;
        this.namespace = namespace;
        this.closing = closing;
    }

    /**
     * A talk with the API that a kubeconfig names.
     *
     * @param file what {@code --kubeconfig} names, or null
     * @param context what {@code --context} names, or null for the file's current one
     * @param namespace what {@code --namespace} names, or null for the context's
     * @throws Failure when there is no kubeconfig
     * @throws IOException when it cannot be used, naming file and field
     */
    public static Session open(
            @Nullable Path file,
            @Nullable String context,
            @Nullable String namespace,
            Surroundings around,
            Consumer<String> warnings)
            throws IOException {
        Path found = KubeconfigFile.find(file, around);
        Kubeconfig config = Kubeconfig.read(found);
        HttpsApi api = new HttpsApi(config.connection(context));
        return new Session(
                new ApiClient(api, MANAGER, null, warnings),
                Kinds.served(),
                namespace == null ? config.namespace(context) : namespace,
                api::close);
    }

    /** A talk by a client that there is already, about these kinds. */
    public static Session over(ApiClient client, Kinds kinds, String namespace) {
        return new Session(client, kinds, namespace, () -> {});
    }

    /** The client for lists, watches and deletions. */
    public ApiClient client() {
        return client;
    }

    /** The kinds that can be named. */
    public Kinds kinds() {
        return kinds;
    }

    /** The namespace of everything that names none itself. */
    public String namespace() {
        return namespace;
    }

    /** The namespace to look in for objects of {@code resource}: empty for those without. */
    public String namespaceOf(Resource resource) {
        return resource.namespaced() ? namespace : "";
    }

    /** The answer to {@code request}, which is an object. */
    public Tree ask(Request request) throws IOException, InterruptedException {
        return new Tree(Json.object(client.call(request).drained()));
    }

    /** The object or list at {@code url}. */
    public Tree ask(Url url) throws IOException, InterruptedException {
        return ask(Request.of("GET", url.text()));
    }

    /** What stands at {@code url} as the server's table. */
    public Tree table(Url url) throws IOException, InterruptedException {
        return ask(tableRequest(url));
    }

    /** A request whose answer is the server's table. */
    public static Request tableRequest(Url url) {
        return Request.of("GET", url.text())
                .with("accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
    }

    /** A refusal in kubectl's words: {@code Error from server (NotFound): services "web" not found}. */
    public static String told(ApiError refused) {
        if (refused.reason().isEmpty()) {
            return "Error from server: " + refused.getMessage();
        }
        return refused.isInvalid()
                ? "The " + refused.getMessage()
                : "Error from server (" + refused.reason() + "): " + refused.getMessage();
    }

    @Override
    public void close() {
        closing.run();
    }
}
