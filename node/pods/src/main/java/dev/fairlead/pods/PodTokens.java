// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.pods;

import dev.fairlead.core.definition.ObjectName;
import dev.fairlead.pods.definition.Volume;
import dev.fairlead.pods.volume.Tokens;
import dev.fairlead.wire.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tokens in one pod's files: asked for when a container starts, and anew when four fifths of their time are over. */
final class PodTokens implements Tokens, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PodTokens.class.getName());
    /** When there was none, or it could not be written. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final PodScope scope;
    private final Map<Path, Kept> files = new HashMap<>();
    private boolean closed;

    /** What is written where; {@code timer} leads to the next. */
    private static final class Kept {
        private final Volume.Token wanted;
        private final Writing writing;
        private Time.@Nullable Timer timer;

        Kept(Volume.Token wanted, Writing writing) {
            this.wanted = wanted;
            this.writing = writing;
        }
    }

    PodTokens(PodScope scope) {
        this.scope = scope;
    }

    @Override
    public synchronized @Nullable String keep(Path file, Volume.Token wanted, Writing writing) {
        Kept kept = new Kept(wanted, writing);
        forget(files.put(file, kept));
        return closed ? null : fresh(file, kept);
    }

    private @Nullable String fresh(Path file, Kept kept) {
        PodApi.Token token = asked(kept.wanted);
        Duration wait = token == null
                ? AGAIN
                : Duration.between(scope.context().time().now(), token.expires())
                        .multipliedBy(4)
                        .dividedBy(5);
        again(file, kept, wait.compareTo(AGAIN) < 0 ? AGAIN : wait);
        return token == null ? null : token.text();
    }

    private void again(Path file, Kept kept, Duration wait) {
        kept.timer = scope.context().time().schedule(wait, () -> scope.post(() -> renew(file, kept)));
    }

    private PodApi.@Nullable Token asked(Volume.Token wanted) {
        ObjectName pod = scope.pod().name();
        ObjectName account = new ObjectName(pod.namespace(), scope.pod().serviceAccount());
        try {
            return scope.context().api().token(account, pod, scope.pod().uid(), wanted.audience(), wanted.seconds());
        } catch (IOException noAnswer) {
            LOG.log(System.Logger.Level.DEBUG, "no token for pod {0}: {1}", pod, noAnswer.getMessage());
            return null;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    private synchronized void renew(Path file, Kept kept) {
        if (closed || files.get(file) != kept) {
            return;
        }
        String token = fresh(file, kept);
        if (token != null) {
            try {
                kept.writing.write(token);
            } catch (IOException refused) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the token of pod {0} cannot be written: {1}",
                        scope.pod().name(),
                        refused.getMessage());
                forget(kept);
                again(file, kept, AGAIN);
            }
        }
    }

    private static void forget(@Nullable Kept kept) {
        if (kept != null && kept.timer != null) {
            kept.timer.cancel();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        files.values().forEach(PodTokens::forget);
        files.clear();
    }
}
