//! The names that people give to the columns of their sheets.

use super::text::squash;

/// What a column of a sheet means for an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The employer.
    Company,
    /// The position.
    JobTitle,
    /// How it stands.
    Status,
    /// How far it came, beside the status.
    FurthestStage,
    /// The day of applying.
    AppliedOn,
    /// Whether an application was sent at all: a yes or no.
    AppliedFlag,
    /// The day of the employer's last answer.
    AnsweredOn,
    /// The day of the next step or follow-up.
    NextActionOn,
    /// The address of the posting.
    Url,
    /// Where the work is.
    Location,
    /// On site, hybrid or remote.
    WorkMode,
    /// Full time, part time and so on.
    EmploymentType,
    /// Where the posting was found.
    Source,
    /// Pay in free text.
    Salary,
    /// The lower end of the pay.
    SalaryMin,
    /// The upper end of the pay.
    SalaryMax,
    /// The currency of the pay.
    SalaryCurrency,
    /// Free text.
    Notes,
    /// The time that the pay is for.
    SalaryPeriod,
    /// Labels.
    Tags,
    /// Skills that the posting asks for.
    RequiredSkills,
    /// Which of them the seeker has.
    OwnSkills,
    /// The application's id in another system.
    ExternalId,
    /// A person at the employer.
    Contact,
    /// Whether the resume was tailored.
    Tailored,
    /// Which resume was sent.
    ResumeVersion,
    /// A mere row number, without meaning beyond the sheet.
    Counter,
}

impl Field {
    /// The column name as the export writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::JobTitle => "job_title",
            Self::Status => "status",
            Self::FurthestStage => "furthest_stage",
            Self::AppliedOn => "applied_on",
            Self::AppliedFlag => "applied",
            Self::AnsweredOn => "answered_on",
            Self::NextActionOn => "next_action_on",
            Self::Url => "url",
            Self::Location => "location",
            Self::WorkMode => "work_mode",
            Self::EmploymentType => "employment_type",
            Self::Source => "source",
            Self::Salary => "salary",
            Self::SalaryMin => "salary_min",
            Self::SalaryMax => "salary_max",
            Self::SalaryCurrency => "salary_currency",
            Self::Notes => "notes",
            Self::SalaryPeriod => "salary_period",
            Self::Tags => "tags",
            Self::RequiredSkills => "required_skills",
            Self::OwnSkills => "own_skills",
            Self::ExternalId => "external_id",
            Self::Contact => "contact",
            Self::Tailored => "tailored",
            Self::ResumeVersion => "resume_version",
            Self::Counter => "index",
        }
    }
}

/// How sure a header is of its meaning. A surer column of the same field wins over a weaker one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// The header says it.
    Sure,
    /// The header often means it; another column may say it better.
    Weak,
    /// The header may mean something else: the contents have to agree.
    IfContentsAgree,
}

/// The meaning of a header, whatever its case, spaces, underscores, hyphens and punctuation.
///
/// What stands in brackets is ignored when the whole is unknown ("Salary (EUR)"), and a header of
/// several names is known when all of them mean the same ("Company / Employer").
pub fn lookup(header: &str) -> Option<(Field, Certainty)> {
    if header.len() > 200 {
        return None;
    }
    if let Some(found) = lookup_squashed(&squash(header)) {
        return Some(found);
    }
    let bare = header.split(['(', '[', '{']).next().unwrap_or(header);
    if let Some(found) = lookup_squashed(&squash(bare)) {
        return Some(found);
    }
    let mut meanings = bare
        .split(['/', '|', '&', ','])
        .map(|part| lookup_squashed(&squash(part)));
    let first = meanings.next().flatten()?;
    let all_alike = meanings.all(|other| other.is_some_and(|other| other.0 == first.0));
    all_alike.then_some(first)
}

fn lookup_squashed(name: &str) -> Option<(Field, Certainty)> {
    let sure = match name {
        "company" | "companyname" | "employer" | "employername" | "organization"
        | "organisation" | "organizationname" | "organisationname" | "org" | "firm"
        | "hiringcompany" | "companies" => Field::Company,
        "position" | "role" | "title" | "jobtitle" | "job" | "jobname" | "positiontitle"
        | "roletitle" | "jobrole" | "jobposition" | "positionname" | "rolename" | "vacancy"
        | "opening" | "designation" | "positionapplied" | "positionappliedfor"
        | "roleappliedfor" | "jobappliedfor" => Field::JobTitle,
        "status" | "applicationstatus" | "currentstatus" | "jobstatus" | "stage"
        | "applicationstage" | "currentstage" | "outcome" | "finaloutcome"
        | "applicationoutcome" => Field::Status,
        "furtheststage" | "furthest" | "higheststage" | "furtheststagereached" | "stagereached" => {
            Field::FurthestStage
        }
        "dateapplied"
        | "appliedon"
        | "applieddate"
        | "applied"
        | "applicationdate"
        | "dateofapplication"
        | "applydate"
        | "appliedat"
        | "datesubmitted"
        | "submittedon"
        | "submissiondate"
        | "submitted"
        | "dateapply"
        | "whenapplied"
        | "applicationsent"
        | "datesent"
        | "applicationsubmitted"
        | "dayapplied" => Field::AppliedOn,
        "answeredon" | "answerdate" | "dateofanswer" | "dateanswered" | "rejectedon"
        | "rejectiondate" | "daterejected" | "dateofrejection" | "rejectedat" | "rejecteddate"
        | "responsedate" | "dateofresponse" | "respondedon" | "replydate" | "dateofreply"
        | "repliedon" | "decisiondate" | "dateofdecision" | "outcomedate" | "heardbackon"
        | "dateheardback" => Field::AnsweredOn,
        "followup" | "followupdate" | "followupon" | "followupby" | "nextfollowup"
        | "nextfollowupdate" | "nextaction" | "nextactiondate" | "nextactionon" | "nextstep"
        | "nextsteps" | "nextstepdate" | "reminder" | "reminderdate" => Field::NextActionOn,
        "url"
        | "link"
        | "joburl"
        | "joblink"
        | "jdlink"
        | "jdurl"
        | "postinglink"
        | "postingurl"
        | "jobposting"
        | "jobpostinglink"
        | "jobpostingurl"
        | "listing"
        | "listingurl"
        | "listinglink"
        | "joblisting"
        | "applicationlink"
        | "applicationurl"
        | "linktojob"
        | "linktoposting"
        | "linktojobposting"
        | "jobad"
        | "posting"
        | "weblink"
        | "hyperlink"
        | "jobdescriptionlink"
        | "jobdescriptionurl"
        | "linktojobdescription" => Field::Url,
        "location" | "joblocation" | "locations" | "worklocation" | "officelocation" => {
            Field::Location
        }
        "workmode" | "workplacetype" | "workplace" | "remote" | "workarrangement" | "workmodel"
        | "locationtype" | "worksetting" | "remotestatus" | "remotework" | "remoteonsite"
        | "remotehybridonsite" | "onsiteremote" | "onsitehybridremote" => Field::WorkMode,
        "jobtype" | "employmenttype" | "employment" | "contracttype" | "typeofemployment"
        | "positiontype" | "roletype" | "worktype" | "typeofjob" => Field::EmploymentType,
        "source" | "platform" | "jobsource" | "jobboard" | "foundon" | "foundvia" | "foundat"
        | "site" | "portal" | "jobsite" | "jobportal" | "appliedvia" | "appliedthrough"
        | "channel" | "wherefound" | "howfound" | "leadsource" | "applicationsource" => {
            Field::Source
        }
        "salary" | "salaryrange" | "pay" | "payrange" | "compensation" | "compensationrange"
        | "wage" | "annualsalary" | "basesalary" | "comp" => Field::Salary,
        "salarymin" | "minsalary" | "minimumsalary" | "salaryminimum" | "salaryfrom"
        | "salarylow" | "paymin" | "minpay" | "lowsalary" => Field::SalaryMin,
        "salarymax" | "maxsalary" | "maximumsalary" | "salarymaximum" | "salaryto"
        | "salaryhigh" | "paymax" | "maxpay" | "highsalary" => Field::SalaryMax,
        "salarycurrency" | "currency" | "paycurrency" => Field::SalaryCurrency,
        "salaryperiod" | "payperiod" | "salaryfrequency" | "payfrequency" => Field::SalaryPeriod,
        "notes" | "note" | "comments" | "comment" | "remarks" | "remark" | "additionalnotes"
        | "notescomments" | "memo" => Field::Notes,
        "tags" | "tag" | "labels" | "label" => Field::Tags,
        "requiredskills" | "skillsrequired" => Field::RequiredSkills,
        "ownskills" | "myskills" => Field::OwnSkills,
        "externalid" | "applicationid" | "externalreference" => Field::ExternalId,
        "contact" | "contactperson" | "contactname" | "pointofcontact" | "poc" | "contacts"
        | "contactinfo" | "recruiter" | "recruitername" | "hiringmanager" => Field::Contact,
        "tailored"
        | "resumetailored"
        | "cvtailored"
        | "tailoredresume"
        | "tailoredcv"
        | "tailoredapplication" => Field::Tailored,
        "resumeversion" | "cvversion" | "resume" | "cv" | "resumeused" | "cvused"
        | "resumesent" | "cvsent" | "whichresume" => Field::ResumeVersion,
        _ => return lookup_unsure(name),
    };
    Some((sure, Certainty::Sure))
}

fn lookup_unsure(name: &str) -> Option<(Field, Certainty)> {
    Some(match name {
        "date" => (Field::AppliedOn, Certainty::Weak),
        "lastupdate" | "lastupdated" | "statusdate" | "statusupdated" => {
            (Field::AnsweredOn, Certainty::Weak)
        }
        "city" | "place" | "office" | "region" | "country" => (Field::Location, Certainty::Weak),
        "id" | "uuid" => (Field::ExternalId, Certainty::Weak),
        "result" | "response" | "decision" | "progress" | "state" | "phase" => {
            (Field::Status, Certainty::IfContentsAgree)
        }
        "index" | "no" | "nr" | "number" | "row" | "rownumber" | "sno" | "serialno" => {
            (Field::Counter, Certainty::IfContentsAgree)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(header: &str) -> Option<Field> {
        lookup(header).map(|found| found.0)
    }

    #[test]
    fn case_and_punctuation_of_a_header_do_not_matter() {
        for header in [
            "Date Applied",
            "date_applied",
            "DATE-APPLIED",
            " dateApplied: ",
            "Date applied?",
        ] {
            assert_eq!(field(header), Some(Field::AppliedOn), "{header}");
        }
    }

    #[test]
    fn the_names_that_people_use_are_known() {
        for (header, expected) in [
            ("Employer", Field::Company),
            ("organization", Field::Company),
            ("position", Field::JobTitle),
            ("JobTitle", Field::JobTitle),
            ("Stage", Field::Status),
            ("outcome", Field::Status),
            ("Applied on", Field::AppliedOn),
            ("jd link", Field::Url),
            ("JobSource", Field::Source),
            ("platform", Field::Source),
            ("Comments", Field::Notes),
            ("Follow-up date", Field::NextActionOn),
            ("next action", Field::NextActionOn),
            ("workplaceType", Field::WorkMode),
            ("jobType", Field::EmploymentType),
            ("Salary Min", Field::SalaryMin),
            ("last update", Field::AnsweredOn),
            ("Rejected on", Field::AnsweredOn),
            ("response date", Field::AnsweredOn),
            ("id", Field::ExternalId),
            ("Salary (EUR)", Field::Salary),
            ("Company / Employer", Field::Company),
            ("🏢 Company", Field::Company),
            ("resume version", Field::ResumeVersion),
            ("Contact", Field::Contact),
        ] {
            assert_eq!(field(header), Some(expected), "{header}");
        }
    }

    #[test]
    fn the_day_a_record_was_made_is_not_the_day_of_applying() {
        for header in [
            "createdAt",
            "updated_at",
            "Deadline",
            "Excitement",
            "Company size",
            "",
        ] {
            assert_eq!(field(header), None, "{header}");
        }
    }

    #[test]
    fn every_column_of_the_export_is_known_by_its_own_name() {
        for header in super::super::export::COLUMNS {
            assert_eq!(field(header.as_str()), Some(header));
        }
    }
}
