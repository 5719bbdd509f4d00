// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.client.https;

import dev.fairlead.apiserver.ApiServer;
import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.http.HttpsServer;
import dev.fairlead.apiserver.http.Limits;
import dev.fairlead.apiserver.pki.Credential;
import dev.fairlead.apiserver.pki.Pki;
import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Deletion;
import dev.fairlead.client.Patch;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.core.definition.Cidr;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.store.Store;
import dev.fairlead.store.disk.DiskStore;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.time.Time;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The API server over a store on disk, which can be stopped and started again at the same address. */
public final class RealServer implements AutoCloseable {
    static final String TOKEN = "of-a-service-account";
    private static final Request.User ADMIN = new Request.User("admin", Set.of("system:masters"));

    private final Path folder;
    private final Time time;
    private final Pki pki;
    private @Nullable Store store;
    private @Nullable ApiServer api;
    private @Nullable HttpsServer https;
    private int port;

    /** Starts it. */
    public RealServer(Path folder, Time time) throws Exception {
        this.folder = folder;
        this.time = time;
        this.pki = Pki.open(folder.resolve("pki"), time);
        open();
        listen();
    }

    /** Opens the store and the API, without listening. */
    void open() {
        store = DiskStore.open(folder.resolve("store"));
        api = new ApiServer(ApiServer.Parts.of(
                store,
                ClusterNetwork.of(Cidr.of("10.96.0.0/16")),
                time,
                new Random(1),
                (pod, container, options) -> new Reply.Whole(404, Map.of(), new byte[0])));
    }

    void listen() throws Exception {
        https = HttpsServer.start(
                new HttpsServer.Settings(
                        "127.0.0.1",
                        port,
                        pki.server(Set.of("127.0.0.1")),
                        pki.authority(),
                        new Identities(Map.of(TOKEN, ADMIN)),
                        Limits.STANDARD),
                api);
        port = URI.create(https.url()).getPort();
    }

    void stopListening() {
        https.close();
    }

    /** What is not on the disk is forgotten: the history of changes. */
    void reopen() {
        api.close();
        store.close();
        open();
    }

    String authority() {
        return pki.authority();
    }

    int port() {
        return port;
    }

    /** A client's way to it, over the network. */
    public Connection connection() throws Exception {
        Credential admin = pki.client("admin", ADMIN);
        return new Connection(
                URI.create("https://127.0.0.1:" + port),
                Pem.certificates(pki.authority()),
                false,
                new Connection.Identity(Pem.certificates(admin.certificate()), Pem.key(admin.key())),
                null);
    }

    /** The same without a network, also while nobody listens. */
    public ApiClient inside() {
        return new ApiClient(api, "test", ADMIN, warning -> {});
    }

    void put(String name, String value) throws Exception {
        ObjectName key = new ObjectName("default", name);
        if (inside().find(Resources.CONFIG_MAPS, key) == null) {
            inside().create(
                            Resources.CONFIG_MAPS,
                            Map.of(
                                    "metadata",
                                    Map.of("namespace", "default", "name", name),
                                    "data",
                                    Map.of("value", value)));
        } else {
            inside().patch(Resources.CONFIG_MAPS, key, new Patch.Merge(Map.of("data", Map.of("value", value))));
        }
    }

    void remove(String name) throws Exception {
        inside().deleteIfThere(Resources.CONFIG_MAPS, new ObjectName("default", name), Deletion.DEFAULT);
    }

    /** What there is, by name. */
    Map<String, String> state() throws Exception {
        Map<String, String> state = new TreeMap<>();
        List<Tree> all = inside().list(Resources.CONFIG_MAPS, Selection.ALL).items();
        all.forEach(each -> state.put(
                each.tree("metadata").text("name", ""), each.tree("data").text("value", "")));
        return state;
    }

    @Override
    public void close() {
        https.close();
        api.close();
        store.close();
    }
}
