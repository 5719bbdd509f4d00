// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.apiserver.write;

import dev.fairlead.apiserver.answer.Refusal;
import dev.fairlead.apiserver.request.Accept;
import dev.fairlead.apiserver.request.Call;
import dev.fairlead.core.definition.Draft;
import dev.fairlead.core.definition.Invalid;
import dev.fairlead.wire.Problem;
import dev.fairlead.wire.SyntaxException;
import dev.fairlead.wire.patch.Patch;
import dev.fairlead.wire.patch.PatchException;
import dev.fairlead.wire.patch.StrategicPatch;
import dev.fairlead.wire.schema.ObjectType;
import dev.fairlead.wire.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Patches by their media types. */
public final class Patcher {
    private final Schema schema;
    private final Decoder decoder;

    /** Strategic patches join lists as {@code schema} says; results are checked by {@code decoder}. */
    public Patcher(Schema schema, Decoder decoder) {
        this.schema = schema;
        this.decoder = decoder;
    }

    /** Whether the body is not a patch, but what somebody applies. */
    static boolean applies(Call call) {
        String header = call.request().header("content-type");
        return call.request().method().equals("PATCH")
                && header != null
                && Accept.range(header).type().equals(Decoder.APPLY);
    }

    /** Whether the body is a patch, so that what is wrong with an object is what the patch made of it. */
    static boolean patches(Call call) {
        return call.request().method().equals("PATCH") && !applies(call);
    }

    /** The patch in the request's body. */
    Reading read(Call call) {
        String header = call.request().header("content-type");
        String type = header == null ? "" : Accept.range(header).type();
        if (call.query().has("force")) {
            throw Refusal.invalid(
                    "meta.k8s.io",
                    "PatchOptions",
                    "",
                    List.of(Invalid.forbidden("force", "may not be specified for non-apply patch")));
        }
        String kind = Decoder.kind(call);
        try {
            boolean custom = call.resource().custom() != null;
            ObjectType fields = custom && kind.equals(call.resource().kind())
                    ? schema.require(call.resource())
                    : schema.require(Decoder.apiVersion(call), kind);
            Patch.Read patch = custom && type.equals(Patch.STRATEGIC)
                    ? null
                    : Patch.read(type, call.request().body(), fields);
            if (patch == null) {
                List<String> all = new ArrayList<>(Patch.MEDIA_TYPES);
                all.removeIf(each -> custom && each.equals(Patch.STRATEGIC));
                all.add(Decoder.APPLY);
                throw Refusal.unsupportedMediaType(type, all);
            }
            return new Reading(call, patch);
        } catch (SyntaxException broken) {
            throw Refusal.badRequest("the patch cannot be read: " + broken.getMessage());
        } catch (PatchException malformed) {
            throw refused(call, malformed);
        }
    }

    /** A patch that was read and can be applied, more than once if need be. */
    final class Reading {
        private final Call call;
        private final Patch patch;
        private final List<Problem> problems;

        private Reading(Call call, Patch.Read read) {
            this.call = call;
            this.patch = read.patch();
            this.problems = read.problems();
        }

        /** The object after the patch, a tree of its own. */
        Decoder.Decoded apply(Map<String, Object> current) {
            try {
                Map<String, Object> patched = Draft.copyOf(patch.apply(current)).tree();
                if (patch
                        instanceof StrategicPatch) { // it changes the fields of a kind, and which kind is none of them
                    patched.put("apiVersion", Decoder.apiVersion(call));
                    patched.put("kind", Decoder.kind(call));
                }
                return decoder.fitting(call, patched, problems);
            } catch (PatchException misfit) {
                throw refused(call, misfit);
            }
        }
    }

    private static Refusal refused(Call call, PatchException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e.sort()) {
            case MALFORMED -> Refusal.badRequest("the patch cannot be read: " + message);
            case TOO_LARGE -> Refusal.tooLarge(message);
            case DOES_NOT_FIT ->
                Refusal.invalid(
                        call.resource(),
                        call.target().name(),
                        List.of(Invalid.invalid(e.path().isEmpty() ? "patch" : e.path(), null, e.detail())));
        };
    }
}
