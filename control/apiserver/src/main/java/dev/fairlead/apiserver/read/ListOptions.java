// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.read;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Query;
import dev.fairlead.core.definition.Invalid;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * At which revision and how much to read.
 *
 * @param limit how many objects at most; 0 for all
 * @param page where the page before ended, or null
 * @param revision the revision asked for; 0 for any, -1 for the newest
 * @param exact whether exactly that revision is wanted, not one at least as new
 * @param initialEvents whether a watch is to begin with what is there; null where it does as watches always did: it begins so
 *     unless it goes on from a revision
 */
record ListOptions(
        int limit,
        @Nullable Page page,
        long revision,
        boolean exact,
        @Nullable Boolean initialEvents) {
    /** The newest revision. */
    static final long NEWEST = -1;

    /** Reads and checks the parameters of a list, or of a watch. */
    static ListOptions of(Query query, boolean watch) {
        String match = query.text("resourceVersionMatch");
        boolean paged = query.has("continue") && !watch;
        long revision = revision(query);
        List<Invalid> errors = new ArrayList<>();
        if (query.given("sendInitialEvents") && !watch) {
            errors.add(Invalid.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }
        if (watch) {
            checkWatch(query, match, errors);
        } else if (!match.isEmpty()) {
            checkList(query, match, revision, paged, errors);
        }
        if (!errors.isEmpty()) {
            throw Refusal.invalid("meta.k8s.io", "ListOptions", "", errors);
        }
        Page page = paged ? Page.of(query.text("continue")) : null;
        if (page != null && revision > 0) {
            throw Refusal.badRequest("specifying resource version is not allowed when using continue");
        }
        Long limit = query.whole("limit");
        query.whole("timeoutSeconds"); // must be a number where it is not heeded, too
        return new ListOptions(
                limit == null ? 0 : Math.clamp(limit, 0, Integer.MAX_VALUE),
                page,
                revision,
                match.equals("Exact"),
                query.given("sendInitialEvents") ? Boolean.valueOf(query.truth("sendInitialEvents")) : null);
    }

    private static void checkWatch(Query query, String match, List<Invalid> errors) {
        boolean given = query.given("sendInitialEvents");
        if (given && !match.equals("NotOlderThan")) {
            errors.add(Invalid.forbidden(
                    "resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
        }
        if (!given && !match.isEmpty()) {
            errors.add(Invalid.forbidden(
                    "resourceVersionMatch",
                    "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
        }
    }

    private static void checkList(Query query, String match, long revision, boolean paged, List<Invalid> errors) {
        if (!query.has("resourceVersion")) {
            errors.add(Invalid.forbidden(
                    "resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided"));
        }
        if (paged) {
            errors.add(Invalid.forbidden(
                    "resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided"));
        }
        if (!match.equals("Exact") && !match.equals("NotOlderThan")) {
            errors.add(Invalid.notSupported("resourceVersionMatch", match, List.of("Exact", "NotOlderThan")));
        }
        if (match.equals("Exact") && revision == 0) {
            errors.add(Invalid.forbidden(
                    "resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
        }
    }

    /** The revision that is asked for; as in {@link #revision()}. */
    static long revision(Query query) {
        String text = query.text("resourceVersion");
        if (text.isEmpty()) {
            return NEWEST;
        }
        try {
            long revision = Long.parseUnsignedLong(text);
            return revision < 0 ? Long.MAX_VALUE : revision; // one so late never comes
        } catch (NumberFormatException notARevision) {
            throw Refusal.badRequest("Invalid value: \"" + text + "\": resourceVersion must be a whole number");
        }
    }
}
