// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Trouble with the API, as a client over the network meets it. */
@Timeout(120)
class ApiFaultsTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final Duration HOUR = Duration.ofHours(1);
    /** Less than a watch lasts. */
    private static final Duration MINUTES = Duration.ofMinutes(10);

    private FairleadCluster cluster;
    private NetworkClient client;

    @BeforeEach
    void start() throws Exception {
        cluster = FairleadCluster.start(ClusterOptions.usual().withPlainHttp());
        client = new NetworkClient(cluster);
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    /** The revision since when nobody but the test writes ConfigMaps. */
    private String settled() throws Exception {
        cluster.await(
                "the namespace's own ConfigMap",
                () -> cluster.ask("GET", MAPS + "/kube-root-ca.crt", null).status() == 200);
        return revision(client.get(MAPS));
    }

    private static String revision(HttpResponse<String> answer) {
        Matcher found = Pattern.compile("\"resourceVersion\":\"(\\d+)\"").matcher(answer.body());
        assertThat(found.find()).as(answer.body()).isTrue();
        return found.group(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ConfigMap", "configmaps", "cm"})
    void theNextWriteOfAKindMeetsAConflictAndOthersDoNot(String kind) throws Exception {
        client.set("one", "a");
        cluster.faults().conflictOnNextWrite(kind);
        assertThat(client.get(MAPS + "/one").statusCode()).isEqualTo(200);
        assertThat(client.ask("PATCH", "/api/v1/namespaces/default", "{\"metadata\": {\"labels\": {\"a\": \"b\"}}}")
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> refused = client.ask("PATCH", MAPS + "/one", "{\"data\": {\"v\": \"b\"}}");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body())
                .contains("\"reason\":\"Conflict\"")
                .contains(
                        "Operation cannot be fulfilled on configmaps \\\"one\\\": the object has been modified; please"
                                + " apply your changes to the latest version and try again")
                .contains("\"kind\":\"configmaps\"");
        assertThat(client.get(MAPS + "/one").body()).contains("\"v\":\"a\"");
        assertThat(client.ask("PATCH", MAPS + "/one", "{\"data\": {\"v\": \"b\"}}")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aKindThatThereIsNotIsSaidWithTheNearest() {
        assertThatThrownBy(() -> cluster.faults().conflictOnNextWrite("Deploymnet"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no kind \"Deploymnet\"; did you mean \"Deployment\"?");
    }

    @ParameterizedTest
    @CsvSource({
        "429, TooManyRequests",
        "500, InternalError",
        "503, ServiceUnavailable",
        "504, Timeout",
        "403, Forbidden",
        "410, Expired"
    })
    void requestsAreAnsweredWithAnErrorSoManyTimes(int status, String reason) throws Exception {
        cluster.faults().answer(status, 2);
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> refused = client.get(MAPS);
            assertThat(refused.statusCode()).isEqualTo(status);
            assertThat(refused.headers().firstValue("content-type")).contains("application/json");
            assertThat(refused.headers().firstValue("retry-after").isPresent()).isEqualTo(status == 429);
            assertThat(refused.body())
                    .startsWith("{\"kind\":\"Status\",\"apiVersion\":\"v1\"")
                    .contains("\"reason\":\"" + reason + "\"")
                    .contains("\"code\":" + status);
        }
        assertThat(client.get(MAPS).statusCode()).isEqualTo(200);
    }

    @Test
    void errorsAddUpAndThoseThatStayEndWithHeal() throws Exception {
        cluster.faults().answer(429, 1).answer(500, 1).answer(503);
        assertThat(client.get(MAPS).statusCode()).isEqualTo(429);
        assertThat(client.get(MAPS).statusCode()).isEqualTo(500);
        assertThat(client.get(MAPS).statusCode()).isEqualTo(503);
        assertThat(client.get("/version").statusCode()).isEqualTo(503);
        assertThat(cluster.ask("GET", MAPS, null).status()).isEqualTo(200);
        cluster.faults().heal();
        assertThat(client.get(MAPS).statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsNoErrorIsNoFault() {
        Faults faults = cluster.faults();
        assertThatThrownBy(() -> faults.answer(200))
                .hasMessage("answer(200): an error is from 400 to 599, such as 503");
        assertThatThrownBy(() -> faults.answer(503, 0)).hasMessage("answer(503, 0): once at least");
        assertThatThrownBy(() -> faults.slowApi(Duration.ofSeconds(-1))).hasMessageContaining("PT-1S");
    }

    @Test
    void aSlowAnswerComesWhenTheClockHasBeenAdvanced() throws Exception {
        cluster.faults().slowApi(HOUR);
        CompletableFuture<HttpResponse<String>> answer = client.begin(MAPS);
        assertThatThrownBy(() -> answer.get(100, TimeUnit.MILLISECONDS)).isNotNull();
        cluster.clock().advance(HOUR);
        assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        CompletableFuture<HttpResponse<String>> another = client.begin(MAPS);
        cluster.faults().heal();
        assertThat(another.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @Test
    void eventsOfSlowWatchesComeLateAndInTheirOrder() throws Exception {
        NetworkClient.Watch watch = client.watch(
                MAPS + "?watch=true&fieldSelector=metadata.name%3Dlate&resourceVersion=" + revision(client.get(MAPS)));
        cluster.faults().slowWatches(MINUTES);
        client.set("late", "a");
        client.set("late", "b");
        assertThat(client.get(MAPS + "/late").body()).contains("\"v\":\"b\"");
        assertThat(watch.quiet()).isTrue();
        cluster.clock().advance(MINUTES);
        assertThat(watch.next()).contains("ADDED", "\"v\":\"a\"");
        assertThat(watch.next()).contains("MODIFIED", "\"v\":\"b\"");
        client.set("late", "c");
        cluster.faults().slowWatches(Duration.ZERO);
        assertThat(watch.next()).contains("MODIFIED", "\"v\":\"c\"");
    }

    @Test
    void droppedWatchesBreakOffAndNewOnesAreServed() throws Exception {
        String revision = settled();
        NetworkClient.Watch idle = client.watch(MAPS + "?watch=true&resourceVersion=" + revision);
        NetworkClient.Watch busy = client.watch(MAPS + "?watch=true&resourceVersion=" + revision);
        client.set("one", "a");
        assertThat(busy.next()).contains("ADDED");
        cluster.faults().dropWatches();
        assertThat(idle.end()).isEqualTo("broke off");
        assertThat(busy.end()).isEqualTo("broke off");
        NetworkClient.Watch again = client.watch(MAPS + "?watch=true&resourceVersion=" + revision);
        assertThat(again.next()).contains("ADDED", "\"one\"");
    }

    @Test
    void expiredWatchesEndWithGoneAndGoingOnIsRefusedUntilANewList() throws Exception {
        String revision = settled();
        NetworkClient.Watch watch = client.watch(MAPS + "?watch=true&resourceVersion=" + revision);
        cluster.faults().expireWatches();
        assertThat(watch.next())
                .startsWith("{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\"")
                .contains("\"reason\":\"Expired\"", "\"code\":410");
        assertThat(watch.end()).isEqualTo("ended");
        HttpResponse<String> refused = client.get(MAPS + "?watch=true&resourceVersion=" + revision);
        assertThat(refused.statusCode()).isEqualTo(410);
        assertThat(refused.body()).contains("\"reason\":\"Expired\"", "too old resource version: " + revision);
        assertThat(client.get(MAPS + "?resourceVersionMatch=Exact&resourceVersion=" + revision)
                        .statusCode())
                .isEqualTo(410);
        String fresh = revision(client.get(MAPS));
        NetworkClient.Watch again = client.watch(MAPS + "?watch=true&resourceVersion=" + fresh);
        assertThat(again.status()).isEqualTo(200);
        client.set("one", "a");
        assertThat(again.next()).contains("ADDED", "\"one\"");
    }

    @Test
    void staleReadsAreOfThePastForThoseWhoAllowIt() throws Exception {
        settled();
        client.set("one", "before");
        cluster.faults().staleReads();
        client.set("one", "after");
        client.set("two", "after");
        HttpResponse<String> stale = client.get(MAPS + "?resourceVersion=0");
        assertThat(stale.body()).contains("\"v\":\"before\"").doesNotContain("\"two\"");
        assertThat(client.get(MAPS).body()).contains("\"v\":\"after\"", "\"two\"");
        HttpResponse<String> one = client.get(MAPS + "/one?resourceVersion=0");
        assertThat(one.body()).contains("\"kind\":\"ConfigMap\"", "\"apiVersion\":\"v1\"", "\"v\":\"before\"");
        assertThat(client.get(MAPS + "/two?resourceVersion=0").statusCode()).isEqualTo(404);
        assertThat(client.get(MAPS + "/two").statusCode()).isEqualTo(200);
        // who goes on from what it read hears all that it missed
        NetworkClient.Watch watch = client.watch(MAPS + "?watch=true&resourceVersion=" + revision(stale));
        assertThat(watch.next()).contains("MODIFIED", "\"v\":\"after\"");
        cluster.faults().heal();
        assertThat(client.get(MAPS + "?resourceVersion=0").body()).contains("\"two\"");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theApiGoesAwayAndComesBackAtTheSamePlace(boolean plain) throws Exception {
        ClusterOptions options = ClusterOptions.usual();
        try (FairleadCluster other = FairleadCluster.start(plain ? options.withPlainHttp() : options);
                NetworkClient clients = new NetworkClient(other)) {
            URI place = other.api();
            clients.set("one", "a");
            NetworkClient.Watch watch = clients.watch(MAPS + "?watch=true");
            assertThat(watch.next()).contains("ADDED");
            other.faults().slowApi(HOUR);
            CompletableFuture<HttpResponse<String>> underWay = clients.begin(MAPS);
            other.faults().apiAway().apiAway();
            assertThat(watch.end()).isEqualTo("broke off");
            assertThatThrownBy(() -> underWay.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
            assertThatThrownBy(() -> clients.get(MAPS)).isInstanceOf(ConnectException.class);
            assertThat(other.ask("GET", MAPS, null).status()).isEqualTo(200);
            other.faults().slowApi(Duration.ZERO).apiBack();
            assertThat(other.api()).isEqualTo(place);
            assertThat(clients.get(MAPS + "/one").body()).contains("\"v\":\"a\"");
        }
    }

    @Test
    void aClusterWhoseApiIsAwayCloses() {
        cluster.faults().apiAway();
        cluster.close();
        assertThatThrownBy(() -> client.get(MAPS)).isInstanceOf(ConnectException.class);
    }
}
