// SPDX-License-Identifier: Apache-2.0
package dev.fairlead.cli.command.session;

import dev.fairlead.cli.command.Failure;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the file that says where the API is: the option, then the variable, then Fairlead's own file, then kubectl's. */
public final class KubeconfigFile {
    private KubeconfigFile() {}

    /**
     * The file to use.
     *
     * @param option what {@code --kubeconfig} names, or null
     * @throws Failure when there is none, naming all places that were looked at
     */
    public static Path find(@Nullable Path option, Surroundings around) {
        if (option != null) {
            if (!Files.exists(option)) {
                throw new Failure("--kubeconfig " + option + ": there is no such file");
            }
            return option;
        }
        List<Path> places = new ArrayList<>();
        String variable = around.environment().getOrDefault("KUBECONFIG", "");
        for (String part : variable.split(Pattern.quote(File.pathSeparator), -1)) {
            if (!part.isBlank()) {
                places.add(Path.of(part));
            }
        }
        if (places.isEmpty()) {
            places.add(around.home().resolve(".fairlead/kubeconfig"));
            places.add(around.home().resolve(".kube/config"));
        }
        for (Path place : places) {
            if (Files.exists(place)) {
                return place;
            }
        }
        String where = variable.isBlank()
                ? places.getFirst() + " and " + places.getLast() + " are not there"
                : "KUBECONFIG names " + variable + ", which is not there";
        throw new Failure(
                "no kubeconfig: " + where + "; start ./fairlead up, which writes one, or use --kubeconfig FILE");
    }
}
