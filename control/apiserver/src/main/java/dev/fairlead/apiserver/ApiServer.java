// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver;

import dev.fairlead.apiserver.access.Act;
import dev.fairlead.apiserver.access.Authorizer;
import dev.fairlead.apiserver.access.Decision;
import dev.fairlead.apiserver.access.Identities;
import dev.fairlead.apiserver.access.Impersonation;
import dev.fairlead.apiserver.access.Reviews;
import dev.fairlead.apiserver.access.node.NodeAuthorizer;
import dev.fairlead.apiserver.access.node.NodeRestriction;
import dev.fairlead.apiserver.access.rbac.Aggregation;
import dev.fairlead.apiserver.access.rbac.Escalation;
import dev.fairlead.apiserver.access.rbac.StoredPolicy;
import dev.fairlead.apiserver.answer.Answers;
import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.audit.AuditLog;
import dev.fairlead.apiserver.audit.AuditPolicy;
import dev.fairlead.apiserver.custom.CustomKinds;
import dev.fairlead.apiserver.custom.Endings;
import dev.fairlead.apiserver.custom.Keeper;
import dev.fairlead.apiserver.discovery.About;
import dev.fairlead.apiserver.discovery.Discovery;
import dev.fairlead.apiserver.discovery.OpenApi;
import dev.fairlead.apiserver.explain.Counting;
import dev.fairlead.apiserver.explain.Explaining;
import dev.fairlead.apiserver.objects.EncodedReply;
import dev.fairlead.apiserver.objects.Forms;
import dev.fairlead.apiserver.objects.PrettyReply;
import dev.fairlead.apiserver.observe.Observing;
import dev.fairlead.apiserver.observe.Visit;
import dev.fairlead.apiserver.pki.SigningKey;
import dev.fairlead.apiserver.proxy.Locations;
import dev.fairlead.apiserver.proxy.Proxy;
import dev.fairlead.apiserver.read.Reader;
import dev.fairlead.apiserver.read.Watcher;
import dev.fairlead.apiserver.repair.Repair;
import dev.fairlead.apiserver.repair.Repairs;
import dev.fairlead.apiserver.repair.Teller;
import dev.fairlead.apiserver.request.Guard;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.apiserver.request.Self;
import dev.fairlead.apiserver.request.Subresource;
import dev.fairlead.apiserver.request.Target;
import dev.fairlead.apiserver.streams.Logs;
import dev.fairlead.apiserver.streams.PodStreams;
import dev.fairlead.apiserver.token.TokenRequests;
import dev.fairlead.apiserver.token.Tokens;
import dev.fairlead.apiserver.write.Admission;
import dev.fairlead.apiserver.write.Change;
import dev.fairlead.apiserver.write.Creation;
import dev.fairlead.apiserver.write.Decoder;
import dev.fairlead.apiserver.write.Deletion;
import dev.fairlead.apiserver.write.Expiry;
import dev.fairlead.apiserver.write.Identity;
import dev.fairlead.apiserver.write.IngressClasses;
import dev.fairlead.apiserver.write.Namespaces;
import dev.fairlead.apiserver.write.Ownership;
import dev.fairlead.apiserver.write.Patcher;
import dev.fairlead.apiserver.write.PoolSpace;
import dev.fairlead.apiserver.write.Reservations;
import dev.fairlead.apiserver.write.ServiceAdmission;
import dev.fairlead.apiserver.write.ServiceCidrs;
import dev.fairlead.core.definition.ClusterNetwork;
import dev.fairlead.core.definition.IpAddress;
import dev.fairlead.store.ClosedException;
import dev.fairlead.store.ConflictException;
import dev.fairlead.store.Store;
import dev.fairlead.store.StoreException;
import dev.fairlead.wire.Kinds;
import dev.fairlead.wire.Resource;
import dev.fairlead.wire.custom.CustomKind;
import dev.fairlead.wire.exchange.Api;
import dev.fairlead.wire.exchange.Reply;
import dev.fairlead.wire.exchange.Request;
import dev.fairlead.wire.exchange.Request.User;
import dev.fairlead.wire.metrics.Metrics;
import dev.fairlead.wire.protobuf.Protobuf;
import dev.fairlead.wire.schema.Schema;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests to the Kubernetes API from a store. In-process callers say who they are in {@link Request#user};
 * package {@code http} does so for clients of the network.
 */
public final class ApiServer implements Api, AutoCloseable {
    private static final String METRICS = "/metrics";
    private static final System.Logger LOG = System.getLogger(ApiServer.class.getName());
    private static final Duration BOOKMARKS = Duration.ofMinutes(1);
    /** Who the server is to itself. */
    private static final User SELF = new User("system:apiserver", Set.of(Authorizer.MASTERS));

    private final CustomKinds kinds;
    private final Keeper keeper;
    private final Endings endings;
    private final Protobuf protobuf;
    private final About about;
    private final Discovery discovery;
    private final OpenApi openApi;
    private final Resources resources;
    private final StoredPolicy policy;
    private final NodeAuthorizer authorizer;
    private final Identities identities;
    private final TokenRequests tokenRequests;
    private final Aggregation aggregation;
    private final Impersonation impersonation;
    private final Expiry expiry;
    private final ClusterNetwork network;
    private final Metrics metrics = new Metrics();
    private final Observing observing;
    private final Time time;
    private volatile @Nullable AuditLog audit;
    private final List<Metrics> others = new CopyOnWriteArrayList<>();
    private final Repairs repairs;
    private final Upkeep upkeep;

    /**
     * What a server is made of.
     *
     * @param store where objects are; stays the caller's to close, after the server
     * @param network where ClusterIPs and node ports come from
     * @param random for uids, names and the choice of addresses
     * @param nodes the way to the logs of pods
     * @param bookmarks how often a watch that takes bookmarks gets one
     * @param tokenKey the key that tokens of service accounts are signed with; asked for when it is first needed
     * @param staticTokens tokens that are good for ever, and whose they are
     * @param externalIps whether Services may be given external IPs; anybody who may write a Service can claim any address
     *     with them (the admission plugin DenyServiceExternalIPs forbids it)
     */
    public record Parts(
            Store store,
            ClusterNetwork network,
            Time time,
            RandomGenerator random,
            NodeDoor nodes,
            Duration bookmarks,
            Supplier<SigningKey> tokenKey,
            Map<String, User> staticTokens,
            boolean externalIps) {
        /** A server whose Services may have external IPs. */
        public Parts(
                Store store,
                ClusterNetwork network,
                Time time,
                RandomGenerator random,
                NodeDoor nodes,
                Duration bookmarks) {
            this(store, network, time, random, nodes, bookmarks, SigningKey::fresh, Map.of(), true);
        }

        /** The same, but for whether Services may be given external IPs. */
        public Parts withExternalIps(boolean allowed) {
            return new Parts(store, network, time, random, nodes, bookmarks, tokenKey, staticTokens, allowed);
        }

        /** The same, but for the key of tokens. */
        public Parts withTokenKey(SigningKey key) {
            return new Parts(store, network, time, random, nodes, bookmarks, () -> key, staticTokens, externalIps);
        }

        /** The same, but for tokens that are good for ever. */
        public Parts withStaticTokens(Map<String, User> tokens) {
            return new Parts(store, network, time, random, nodes, bookmarks, tokenKey, Map.copyOf(tokens), externalIps);
        }

        /** The usual: a bookmark every minute. */
        public static Parts of(Store store, ClusterNetwork network, Time time, RandomGenerator random, NodeDoor nodes) {
            return new Parts(store, network, time, random, nodes, BOOKMARKS);
        }
    }

    /** Makes the server and, in an empty store, the namespaces and the ServiceCIDR that every cluster has. */
    public ApiServer(Parts parts) {
        Store store = parts.store();
        Kinds builtIn = Kinds.served();
        Schema schema = Schema.load();
        kinds = new CustomKinds(store, schema, builtIn);
        time = parts.time();
        observing = new Observing(metrics, time, store, () -> kinds.get().all());
        RandomGenerator random = new SharedRandom(parts.random());
        Identity identity = new Identity(parts.time(), random);
        Resource addresses = builtIn.require("networking.k8s.io/v1", "IPAddress");
        Resource services = builtIn.require("v1", "Service");
        Reservations reservations = new Reservations(store, addresses, identity);
        ServiceCidrs cidrs = new ServiceCidrs(store, builtIn.require("networking.k8s.io/v1", "ServiceCIDR"));
        Admission admission = new Admission(
                parts.network(),
                new ServiceAdmission(
                        parts.network(),
                        cidrs,
                        reservations,
                        builtIn.require("v1", "Endpoints"),
                        metrics,
                        parts.time(),
                        random,
                        parts.externalIps()),
                new PoolSpace(store, parts.network(), builtIn),
                new IngressClasses(store, builtIn.require("networking.k8s.io/v1", "IngressClass")));
        Namespaces namespaces = new Namespaces(store, builtIn.require("v1", "Namespace"));
        protobuf = new Protobuf(schema);
        Forms forms = new Forms(parts.time(), protobuf);
        Decoder decoder = new Decoder(schema);
        policy = new StoredPolicy(store, builtIn);
        authorizer = new NodeAuthorizer(policy, store, builtIn);
        Tokens tokens = new Tokens(store, builtIn, parts.time(), parts.tokenKey());
        identities = new Identities(parts.staticTokens(), tokens);
        tokenRequests = new TokenRequests(store, builtIn, parts.time(), random, tokens);
        impersonation = new Impersonation(authorizer);
        Guard guard = new Escalation(policy, builtIn).and(new NodeRestriction());
        Reader reader = new Reader(store, forms);
        Ownership ownership = new Ownership(schema, identity);
        Creation creation = new Creation(store, decoder, admission, namespaces, identity, ownership, forms, guard);
        Logs logs = new Logs(store, parts.nodes());
        Deletion deletion = new Deletion(store, decoder, reader, admission, identity, forms);
        resources = new Resources(
                reader,
                new Watcher(store, forms, parts.time(), random, parts.bookmarks(), metrics, kinds),
                creation,
                new Change(
                        store,
                        decoder,
                        new Patcher(schema, decoder),
                        admission,
                        creation,
                        ownership,
                        forms,
                        guard,
                        authorizer),
                deletion,
                logs,
                new PodStreams(store, parts.nodes(), logs),
                new Proxy(new Locations(store, builtIn, parts.network(), random), parts.nodes()),
                new Explaining(store, builtIn, parts.nodes(), parts.time()),
                new Counting(store, builtIn, parts.nodes()),
                new Reviews(authorizer, identities),
                tokenRequests,
                decoder,
                protobuf,
                authorizer);
        aggregation = new Aggregation(store, policy, builtIn.require("rbac.authorization.k8s.io/v1", "ClusterRole"));
        discovery = new Discovery(kinds);
        openApi = new OpenApi(kinds, schema);
        Map<String, BooleanSupplier> checks = new LinkedHashMap<>();
        checks.put("ping", () -> true);
        checks.put("store", () -> answers(store));
        Self self = new Self(this, SELF);
        keeper = new Keeper(kinds, self, parts.time());
        endings = new Endings(kinds, store, self, deletion::every, parts.time());
        Teller teller = new Teller(self, parts.time());
        Repair.Parts repaired = new Repair.Parts(
                store, services, addresses, reservations, cidrs, parts.network().nodePorts(), parts.time());
        repairs = new Repairs(new Repair(repaired, teller, metrics), repaired);
        about = new About(checks, Map.of("service-reservations", repairs::begun));
        expiry = new Expiry(store, builtIn.require("v1", "Event"), parts.time());
        network = parts.network();
        Bootstrap bootstrap = new Bootstrap(self, network, parts.time());
        upkeep = new Upkeep(bootstrap, teller, self, parts.time());
        new DefaultPolicy(store, builtIn, identity).ensure();
        bootstrap.run();
        aggregation.start();
        endings.start();
        kinds.start(this::settle);
        expiry.start();
        repairs.start();
        upkeep.start();
    }

    /**
     * Makes the Service {@code default/kubernetes}, by which pods find the server, at the first address for Services.
     *
     * @param address where pods reach the server; one that endpoints may have
     * @param port the port there
     */
    public void advertise(IpAddress address, int port) {
        upkeep.advertise(new OwnService(network, address, port));
    }

    /** Whom this server knows: by certificates, static tokens, and tokens that it or another one over the same store has issued. */
    public Identities identities() {
        return identities;
    }

    /**
     * Tells from now on who did what, in a log of its own; to be asked for once.
     *
     * @throws IOException when the file cannot be written, or the policy cannot be read; says what is wrong
     */
    public void audit(AuditSettings settings) throws IOException {
        AuditPolicy told = settings.policy() == null ? AuditPolicy.metadata() : AuditPolicy.read(settings.policy());
        AuditLog log = new AuditLog(
                new AuditLog.Settings(settings.file(), told, settings.largest(), settings.kept()),
                time,
                protobuf::read);
        log.show(metrics);
        audit = log;
    }

    /** Shows the numbers of another part of the process at {@code /metrics} too; their names are its own. */
    public void show(Metrics part) {
        others.add(part);
    }

    @Override
    public Reply call(Request request) throws InterruptedException {
        Visit visit = new Visit(request, time.nanos());
        Reply reply = observed(visit);
        return isOurs(visit) ? EncodedReply.of(protobuf, request, reply) : reply;
    }

    private Reply observed(Visit visit) throws InterruptedException {
        observing.begun(visit);
        Reply reply = null;
        try {
            reply = answered(visit);
            reply = isOurs(visit) ? PrettyReply.of(visit.request(), reply) : reply;
            return reply;
        } finally {
            if (reply == null) {
                observing.abandoned(visit);
            } else {
                observing.ended(visit, reply);
                audit(visit, reply);
            }
        }
    }

    /** Whether the answer is this server's to show as the client likes: what comes from behind a proxy, or has a tag, is not. */
    private static boolean isOurs(Visit visit) {
        Target target = visit.target();
        String path = visit.request().path();
        return target == null ? path.startsWith("/api") || path.equals("/") : target.subresource() != Subresource.PROXY;
    }

    private void audit(Visit visit, Reply reply) {
        AuditLog log = audit;
        if (log != null) {
            log.tell(visit, reply);
        }
    }

    /**
     * Counts, logs and audits a request that was answered in this server's place: nobody's token, too much at one time, too
     * slow, too late. Never waits.
     *
     * @param request without a user where it is not known who asks
     */
    public void turnedAway(Request request, Reply reply) {
        Visit visit = new Visit(request, time.nanos());
        User user = request.user();
        if (user != null) {
            visit.from(user, user);
        }
        try {
            Target target = Target.of(request.path(), kinds.get());
            if (target != null) {
                Resources.note(visit, target);
            }
        } catch (Refusal unknown) {
            // told without what it was about
        }
        observing.turnedAway(visit, reply);
        audit(visit, reply);
    }

    private Reply answered(Visit visit) throws InterruptedException {
        try {
            return answer(visit);
        } catch (Refusal refusal) {
            return Answers.refused(refusal);
        } catch (ClosedException closed) {
            return Answers.refused(Refusal.unavailable("the server is stopping"));
        } catch (StoreException broken) {
            LOG.log(System.Logger.Level.ERROR, "the store failed: " + broken.getMessage(), broken);
            return Answers.refused(Refusal.internal(String.valueOf(broken.getMessage())));
        } catch (RuntimeException | StackOverflowError bug) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "bug: " + visit.request().method() + " " + visit.request().target(),
                    bug);
            return Answers.refused(Refusal.internal("the server met a bug of its own, see its log"));
        }
    }

    private Reply answer(Visit visit) throws InterruptedException {
        Request request = visit.request();
        String path = request.path();
        User asker = request.user();
        if (asker == null) {
            visit.from(Identities.ANONYMOUS, Identities.ANONYMOUS);
            return unknown(visit, path);
        }
        visit.from(asker, asker);
        Target target = null;
        Refusal nowhere = null;
        try {
            target = target(path);
        } catch (Refusal unknown) {
            nowhere = unknown;
        }
        User wanted = Impersonation.wanted(request);
        User user = wanted == null ? asker : wanted;
        if (wanted != null) {
            visit.from(asker, wanted); // who may not be that user has asked all the same
            if (target != null) {
                Resources.note(visit, target);
            }
            impersonation.require(request, asker, wanted);
        }
        if (target != null) {
            return resource(visit, target, user);
        }
        if (nowhere != null) {
            // What is not there is told to those who might do it if it were.
            throw resources.refused(visit, user, nowhere);
        }
        if (path.equals(Explaining.PATH) && request.method().equals("GET")) {
            return resources.explain(visit, user);
        }
        if (path.equals(Counting.PATH) && request.method().equals("GET")) {
            return resources.traffic(visit, user);
        }
        Act act = new Act.OnPath(request.method().toLowerCase(Locale.ROOT), path);
        Decision decision = authorizer.decide(user, act);
        visit.decided(decision);
        if (!decision.allowed()) {
            throw Refusal.forbidden(act.refused(user, decision));
        }
        return general(request, path);
    }

    /** Who nobody knows may see what everybody may, and hears of nothing else. */
    private Reply unknown(Visit visit, String path) {
        Request request = visit.request();
        if (!About.isPublic(path)) {
            throw Refusal.unauthorized();
        }
        Decision decision = authorizer.decide(
                Identities.ANONYMOUS, new Act.OnPath(request.method().toLowerCase(Locale.ROOT), path));
        visit.decided(decision);
        if (!decision.allowed()) {
            throw Refusal.unauthorized();
        }
        return general(request, path);
    }

    /** What a path means; before it means nothing the table of kinds is brought up to date. */
    private @Nullable Target target(String path) {
        try {
            return Target.of(path, kinds.get());
        } catch (Refusal unknown) {
            if (!kinds.refresh()) {
                throw unknown;
            }
            return Target.of(path, kinds.get());
        }
    }

    private Reply resource(Visit visit, Target target, User user) throws InterruptedException {
        Request request = visit.request();
        Reply reply = resources.answer(visit, target, user);
        CustomKind custom = target.resource().custom();
        if (custom != null && !custom.warning().isEmpty()) {
            return Answers.warning(reply, List.of(custom.warning()));
        }
        if (CustomKinds.areDefinedBy(target.resource()) && !request.method().equals("GET")) {
            settle(); // who has defined a kind finds it served
        }
        return reply;
    }

    private void settle() {
        keeper.settle();
        resources.watcher().settle();
        endings.look();
    }

    private Reply general(Request request, String path) {
        Reply revoked = request.method().equals("DELETE") ? tokenRequests.revoke(path) : null;
        if (revoked != null) {
            return revoked;
        }
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw Refusal.notAllowed();
        }
        if (path.equals(METRICS)) {
            String text = metrics.text() + others.stream().map(Metrics::text).collect(Collectors.joining());
            return Answers.typed(200, Metrics.MEDIA_TYPE, text.getBytes(StandardCharsets.UTF_8));
        }
        if (path.equals("/")) {
            return Answers.json(200, Map.of("paths", paths()));
        }
        Query query = Query.of(request.target());
        Reply reply = about.answer(path, query);
        reply = reply != null ? reply : tokenRequests.answer(path);
        reply = reply != null ? reply : discovery.answer(request, path);
        reply = reply != null ? reply : openApi.answer(request, path, query);
        if (reply == null) {
            throw Refusal.noSuchPath();
        }
        return reply;
    }

    /** What there is beside objects, sorted. */
    private List<String> paths() {
        return Stream.of(about.paths(), discovery.paths(), openApi.paths(), tokenRequests.paths(), List.of(METRICS))
                .flatMap(List::stream)
                .sorted()
                .toList();
    }

    private static boolean answers(Store store) {
        try {
            return store.commit(List.of()) > 0; // writes nothing, and fails when writes would
        } catch (StoreException | ConflictException closedOrBroken) {
            return false;
        }
    }

    /** Stops what the server does by itself. Watches end when the store closes. */
    @Override
    public void close() {
        endings.close();
        kinds.close();
        upkeep.close();
        aggregation.close();
        authorizer.close();
        policy.close();
        repairs.close();
        expiry.close();
        AuditLog log = audit;
        if (log != null) {
            log.close();
        }
    }
}
