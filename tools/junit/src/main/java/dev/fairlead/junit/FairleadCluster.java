// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import dev.fairlead.junit.loading.OpenClusters;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes cluster in this JVM: the real API with real controllers, and real traffic through its Services. Whoever
 * starts one closes it; all that are open at the end of the JVM are closed and named then.
 *
 * <p>Wherever an object is named, {@code "backend"} is in namespace {@code default} and {@code "shop/backend"} in
 * {@code shop}. A method that waits gives up after the cluster's {@linkplain ClusterOptions#patience patience} with an
 * {@link AssertionError} that says what it waited for, what is there, and what {@link #explain} says to it.
 *
 * {@snippet :
 * try (FairleadCluster cluster = FairleadCluster.start()) {
 *     cluster.apply("classpath:shop.yaml");
 *     cluster.pods("app=backend").serveHttp(exchange -> ...);
 *     cluster.service("backend").awaitReady();
 *     URI uri = cluster.service("backend").uri();
 * }
 * }
 */
public interface FairleadCluster extends AutoCloseable {
    /** A cluster with the usual options. Returns when its API answers; the rest goes on starting behind it. */
    static FairleadCluster start() {
        return start(ClusterOptions.usual());
    }

    /** A cluster. Returns when its API answers; the rest goes on starting behind it. */
    static FairleadCluster start(ClusterOptions options) {
        return OpenClusters.HERE.start(options);
    }

    /** What it is called in messages, and the domain of its own in which {@code backend.default.svc.<name>} resolves. */
    String name();

    /** Where its API is. */
    URI api();

    /** A kubeconfig of its administrator's, as a file that is there until the cluster is closed. */
    Path kubeconfig();

    /** The text of {@link #kubeconfig}. */
    String kubeconfigText();

    /**
     * Makes objects, or changes them to what is written, as {@code kubectl apply} does. Nothing is done when any of it is
     * wrong.
     *
     * @param manifests each {@code classpath:shop.yaml}, the path of a file or folder, or YAML itself (a text with a line end)
     * @throws AssertionError naming file, line and field of everything that is wrong
     */
    FairleadCluster apply(String... manifests);

    /** Deletes what {@code manifests} name, if it is there, and waits until it is gone. */
    FairleadCluster delete(String... manifests);

    /**
     * Asks the API, as its administrator.
     *
     * @param method {@code GET}, {@code POST} …; a {@code PATCH} is a merge patch
     * @param path path and query: {@code /api/v1/namespaces/default/pods?limit=2}
     * @param body JSON or YAML, null for none
     */
    Answer ask(String method, String path, @Nullable String body);

    /** What the API answered. */
    record Answer(int status, String body) {}

    /** The pods that {@code selector} selects ({@code app=backend,tier!=cache}), those that are there and those to come. */
    PodGroup pods(String selector);

    /** The same in another namespace than {@code default}. */
    PodGroup pods(String namespace, String selector);

    /**
     * The pod of that name, or whose name begins so when exactly one does: {@code backend-0}, {@code backend}. Waits until it is there:
     * what a Deployment or a StatefulSet is to have, a controller makes a moment later.
     */
    TestPod pod(String name);

    /** The pods that {@code selector} selects, as they are now, in the order of their names. */
    List<TestPod> listPods(String selector);

    /** The same in another namespace than {@code default}. */
    List<TestPod> listPods(String namespace, String selector);

    /**
     * The Service of that name. Somebody may make it later, an operator that is tested, say: the methods that wait wait for
     * that, too. All others throw an {@link IllegalArgumentException} with the names there are.
     */
    TestService service(String name);

    /** What passed through a Service so far. */
    Traffic traffic(String service);

    /** Why a Service works or does not, in words: {@code svc/backend}, {@code shop/backend}. */
    String explain(String service);

    /** What happened in the cluster, oldest first: one line for each event, {@code Warning Unhealthy pod/backend-0: …}. */
    List<String> events();

    /**
     * What clients asked of the API over the network, the last 200 requests, oldest first: {@code PUT
     * /apis/apps/v1/namespaces/default/deployments/backend 409 by admin}.
     */
    List<String> requests();

    /** Trouble on demand. */
    Faults faults();

    /** The cluster's time. */
    ClusterClock clock();

    /** Waits until {@code condition} holds; {@code what} completes "waited for". */
    void await(String what, BooleanSupplier condition);

    /** As {@link #await(String, BooleanSupplier)}, for as long as {@code patience}. */
    void await(String what, Duration patience, BooleanSupplier condition);

    /** Ends pods, controllers and API. Whatever is still held of it says so afterwards, and where it was closed. May be called twice. */
    @Override
    void close();

    /** Thrown when a cluster cannot be started; says why, and what to do. */
    final class StartException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        /** Says what is in the way. */
        public StartException(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        /** For what the system refused. */
        public static StartException of(IOException refused) {
            return new StartException("Fairlead did not start: " + refused.getMessage(), refused);
        }
    }
}
