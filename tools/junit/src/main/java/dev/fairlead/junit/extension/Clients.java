// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit.extension;

import dev.fairlead.junit.FairleadCluster;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.Map;

/**
 * Ready-made clients of other people's libraries, if these are on the test's class path. They are found by name: this library
 * depends on none of them, and works with any version that has these few methods.
 */
final class Clients implements AutoCloseable {
    private static final String FABRIC8 = "io.fabric8.kubernetes.client.";
    private static final String OFFICIAL = "io.kubernetes.client.";

    private final FairleadCluster cluster;
    private final Map<Class<?>, Object> made = new HashMap<>();

    Clients(FairleadCluster cluster) {
        this.cluster = cluster;
    }

    /** Whether clients of that type can be made. */
    static boolean knows(Class<?> type) {
        return type.getName().equals(FABRIC8 + "KubernetesClient")
                || type.getName().equals(OFFICIAL + "openapi.ApiClient");
    }

    /** The cluster's client of that type; made when first asked for. */
    synchronized Object get(Class<?> type) {
        return made.computeIfAbsent(type, this::make);
    }

    private Object make(Class<?> type) {
        try {
            ClassLoader loader = type.getClassLoader();
            return type.getName().startsWith(FABRIC8) ? fabric8(loader) : official(loader);
        } catch (InvocationTargetException failed) {
            throw new IllegalStateException("the client " + type.getName() + " cannot be made", failed.getCause());
        } catch (ReflectiveOperationException unknown) {
            throw new IllegalStateException(
                    "the client " + type.getName() + " is of a version that is not known here: " + unknown.getMessage(),
                    unknown);
        }
    }

    private Object fabric8(ClassLoader loader) throws ReflectiveOperationException {
        Class<?> config = loader.loadClass(FABRIC8 + "Config");
        Object read = config.getMethod("fromKubeconfig", String.class).invoke(null, cluster.kubeconfigText());
        Class<?> builder = loader.loadClass(FABRIC8 + "KubernetesClientBuilder");
        Object given = builder.getMethod("withConfig", config)
                .invoke(builder.getConstructor().newInstance(), read);
        return builder.getMethod("build").invoke(given);
    }

    private Object official(ClassLoader loader) throws ReflectiveOperationException {
        return loader.loadClass(OFFICIAL + "util.Config")
                .getMethod("fromConfig", String.class)
                .invoke(null, cluster.kubeconfig().toString());
    }

    @Override
    public synchronized void close() {
        for (Object client : made.values()) {
            if (client instanceof AutoCloseable closeable) {
                try {
                    closeable.close();
                } catch (Exception closed) {
                    // the cluster goes, and with it what the client would have told it
                }
            }
        }
        made.clear();
    }
}
