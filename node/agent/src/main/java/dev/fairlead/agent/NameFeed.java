// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.agent;

import dev.fairlead.client.ApiClient;
import dev.fairlead.client.Resources;
import dev.fairlead.client.Selection;
import dev.fairlead.client.cache.Index;
import dev.fairlead.client.cache.Informer;
import dev.fairlead.core.definition.EndpointSlice;
import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.core.definition.Service;
import dev.fairlead.core.definition.Tree;
import dev.fairlead.dns.names.HostNames;
import dev.fairlead.dns.names.NameTable;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.time.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Keeps the names after what the API has, and after nothing else. {@link Programming} does it where Services are carried, too. */
final class NameFeed implements AutoCloseable {
    private final NameTable names;
    private final Time time;
    private final Informer<Service> services;
    private final Informer<EndpointSlice> slices;
    private final Index<ObjectName, EndpointSlice> byService;
    private final List<Informer<?>> all;
    private boolean whole; // under this object's lock, as all changes of the table are

    /**
     * Follows {@code client}'s API from {@link #start} on.
     *
     * @param hosts whether those of Ingresses are names, too
     */
    NameFeed(ApiClient client, NameTable names, boolean hosts, Time time, RandomGenerator random) {
        this.names = names;
        this.time = time;
        services = informer(client, Resources.SERVICES, Service::from, random);
        slices = informer(client, Resources.ENDPOINT_SLICES, EndpointSlice::from, random);
        byService = slices.index(slice -> List.of(slice.service()));
        Informer<String> namespaces = informer(
                client, Resources.NAMESPACES, tree -> tree.tree("metadata").text("name", ""), random);
        Informer<Tree> pods = informer(client, Resources.PODS, NameFeed::slim, random);
        all = new ArrayList<>(List.of(namespaces, pods, services, slices));
        if (hosts) {
            Informer<HostNames.Served> ingresses = informer(client, Resources.INGRESSES, IngressHosts::of, random);
            ingresses.handle(IngressHosts.into(names.hosts()));
            all.add(ingresses);
        }
        services.handle((name, old, now, revision) -> changed(name));
        slices.handle((name, old, now, revision) -> {
            if (old != null) {
                changed(old.service());
            }
            if (now != null && (old == null || !old.service().equals(now.service()))) {
                changed(now.service());
            }
        });
        namespaces.handle((any, old, now, revision) -> namespace(old, now));
        PodAddresses addresses = new PodAddresses(names);
        pods.handle((name, old, now, revision) -> {
            synchronized (this) {
                addresses.observe(name, old, now);
            }
        });
    }

    private <T> Informer<T> informer(ApiClient client, Resource kind, Function<Tree, T> slim, RandomGenerator random) {
        return new Informer<>(client, kind, Selection.ALL, slim, time, new SplittableRandom(random.nextLong()));
    }

    /** Of a pod only what {@link PodAddresses} looks at. */
    private static Tree slim(Tree pod) {
        Tree status = pod.tree("status");
        List<Map<String, String>> addresses = status.trees("podIPs").stream()
                .map(each -> Map.of("ip", each.text("ip", "")))
                .toList();
        return new Tree(Map.of(
                "spec", Map.of("hostNetwork", pod.tree("spec").truth("hostNetwork", false)),
                "status", Map.of("phase", status.text("phase", ""), "podIPs", addresses)));
    }

    private synchronized void namespace(@Nullable String old, @Nullable String now) {
        if (now != null) {
            names.putNamespace(now);
        } else if (old != null) {
            names.removeNamespace(old);
        }
    }

    private synchronized void changed(ObjectName service) {
        if (whole) {
            name(service);
        }
    }

    private void name(ObjectName name) {
        Service service = services.get(name);
        if (service == null) {
            names.remove(name);
        } else {
            names.put(service, byService.get(name));
        }
    }

    /** Begins to follow the API. */
    void start() {
        all.forEach(Informer::start);
    }

    /**
     * Waits until everything there was at the start has its names.
     *
     * @return false when {@code patience} ran out first; it may be asked again
     */
    boolean awaitReady(Duration patience) throws InterruptedException {
        long end = time.nanos() + patience.toNanos();
        for (Informer<?> informer : all) {
            if (!informer.awaitSynced(Duration.ofNanos(Math.max(0, end - time.nanos())))) {
                return false;
            }
        }
        synchronized (this) {
            if (!whole) {
                whole = true;
                services.all().forEach(service -> name(service.name()));
                names.markSynced();
            }
        }
        return true;
    }

    @Override
    public void close() {
        all.forEach(Informer::close);
    }
}
