import java.io.BufferedReader;
import java.io.File;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.LogManager;
import javax.xml.parsers.DocumentBuilderFactory;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;
import org.verapdf.pdfa.validation.profiles.ErrorArgument;
import org.verapdf.pdfa.validation.profiles.ErrorArgumentImpl;
import org.verapdf.pdfa.validation.profiles.Profiles;
import org.verapdf.pdfa.validation.profiles.Rule;
import org.verapdf.pdfa.validation.profiles.ValidationProfile;
import org.verapdf.pdfa.validation.profiles.Variable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Checks PDF files with veraPDF, many in one start of Java. careleaf/verify.py runs it.
 *
 * The paths are read from standard input, one a line. Standard output has lines of fields parted
 * by tabs, the file given as its number from 0:
 *
 *   0  ua1  pass
 *   0  2a   fail    6.2.11.4.1-1  3  what the rule says  where it first happened
 *   1  ua1  broken  why it cannot be read
 *   done  2
 */
public class Vera {
    private static final Map<String, String> PROFILES = new TreeMap<>(Map.of(
        "ua1", "PDFUA-1",
        "2a", "PDFA-2A"));

    public static void main(String[] arguments) throws Exception {
        LogManager.getLogManager().reset();
        VeraGreenfieldFoundryProvider.initialise();
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        Map<String, ValidationProfile> profiles = new LinkedHashMap<>();
        for (String name : PROFILES.keySet()) {
            profiles.put(name, profile(name));
        }
        BufferedReader paths = new BufferedReader(
            new InputStreamReader(System.in, StandardCharsets.UTF_8));
        int number = 0;
        for (String path = paths.readLine(); path != null; path = paths.readLine()) {
            for (String name : profiles.keySet()) {
                for (List<String> line : verdict(new File(path), name, profiles.get(name))) {
                    out.println(number + "\t" + name + "\t" + String.join("\t", line));
                }
            }
            out.flush();
            number++;
        }
        out.println("done\t" + number);
        out.flush();
    }

    /** The lines on one file and profile: one "pass", or a "fail" for each rule, or "broken". */
    private static List<List<String>> verdict(File file, String name, ValidationProfile profile) {
        PDFAFlavour flavour = PDFAFlavour.byFlavourId(name);
        List<List<String>> lines = new ArrayList<>();
        try (PDFAParser parser = Foundries.defaultInstance().createParser(file, flavour);
             PDFAValidator validator =
                 Foundries.defaultInstance().createValidator(profile, -1, false, true, false)) {
            for (ValidationResult result : validator.validateAll(parser)) {
                lines.addAll(failures(result));
                if (lines.isEmpty() && !result.isCompliant()) {
                    lines.add(List.of("broken", "not compliant, but no rule is named"));
                }
            }
        } catch (Exception | StackOverflowError problem) {
            return List.of(List.of("broken", plain(problem.toString())));
        }
        return lines.isEmpty() ? List.of(List.of("pass")) : lines;
    }

    private static List<List<String>> failures(ValidationResult result) {
        Map<String, List<TestAssertion>> byRule = new LinkedHashMap<>();
        for (TestAssertion assertion : result.getTestAssertions()) {
            if (assertion.getStatus() == TestAssertion.Status.FAILED) {
                String rule = assertion.getRuleId().getClause() + "-"
                    + assertion.getRuleId().getTestNumber();
                byRule.computeIfAbsent(rule, none -> new ArrayList<>()).add(assertion);
            }
        }
        List<List<String>> lines = new ArrayList<>();
        byRule.forEach((rule, found) -> lines.add(List.of(
            "fail", rule, String.valueOf(found.size()),
            plain(found.get(0).getMessage()),
            plain(found.get(0).getLocation().getContext()))));
        return lines;
    }

    private static String plain(String text) {
        return text == null ? "" : text.replaceAll("\\s+", " ").trim();
    }

    // The rules, from the profile's own XML. veraPDF reads it through JAXB, which the jar lacks.

    private static ValidationProfile profile(String name) throws Exception {
        String title = PROFILES.get(name);
        String resource = "/org/verapdf/pdfa/validation/" + title + ".xml";
        DocumentBuilderFactory reader = DocumentBuilderFactory.newInstance();
        reader.setNamespaceAware(true);
        Element root;
        try (InputStream xml = Vera.class.getResourceAsStream(resource)) {
            root = reader.newDocumentBuilder().parse(xml).getDocumentElement();
        }
        Set<Rule> rules = new LinkedHashSet<>();
        for (Element rule : all(root, "rules", "rule")) {
            rules.add(rule(rule));
        }
        Set<Variable> variables = new LinkedHashSet<>();
        for (Element variable : all(root, "variables", "variable")) {
            variables.add(Profiles.variableFromValues(
                variable.getAttribute("name"), variable.getAttribute("object"),
                text(variable, "defaultValue"), text(variable, "value")));
        }
        if (rules.isEmpty()) {
            throw new IllegalStateException("no rules in " + resource);
        }
        return Profiles.profileFromValues(
            PDFAFlavour.byFlavourId(name),
            Profiles.profileDetailsFromValues(title, title, "veraPDF", new Date(0)),
            "", rules, variables);
    }

    private static Rule rule(Element rule) {
        Element id = all(rule, "id").get(0);
        List<ErrorArgument> slots = new ArrayList<>();
        for (Element argument : all(rule, "error", "arguments", "argument")) {
            String name = argument.hasAttribute("name") ? argument.getAttribute("name") : null;
            slots.add(ErrorArgumentImpl.fromValues(argument.getTextContent(), name, null));
        }
        Boolean deferred = rule.hasAttribute("deferred")
            ? Boolean.valueOf(rule.getAttribute("deferred")) : null;
        return Profiles.ruleFromValues(
            Profiles.ruleIdFromValues(
                PDFAFlavour.Specification.valueOf(id.getAttribute("specification")),
                id.getAttribute("clause"), Integer.parseInt(id.getAttribute("testNumber"))),
            rule.getAttribute("object"), deferred, rule.getAttribute("tags"),
            text(rule, "description"), text(rule, "test"),
            Profiles.errorFromValues(text(all(rule, "error").get(0), "message"), slots),
            List.of());
    }

    /** The elements at the end of a path of names below `top`, in order. */
    private static List<Element> all(Element top, String... names) {
        List<Element> level = List.of(top);
        for (String name : names) {
            List<Element> next = new ArrayList<>();
            for (Element above : level) {
                for (Node node = above.getFirstChild(); node != null; node = node.getNextSibling()) {
                    if (node instanceof Element && name.equals(node.getLocalName())) {
                        next.add((Element) node);
                    }
                }
            }
            level = next;
        }
        return level;
    }

    private static String text(Element above, String name) {
        List<Element> found = all(above, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent();
    }
}
