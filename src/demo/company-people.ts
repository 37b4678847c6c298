import { parse } from 'csv-parse/sync';

/** One line of the table: a spell of employment, and the Docker account of that person where there is one. */
export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly department: string;
  readonly title: string;
  readonly type: string;
  readonly manager: string;
  /** Days from the demo's clock to the first and the last working day; '' where HR has none. */
  readonly since: string;
  readonly until: string;
  readonly status: string;
  readonly other: string;
  readonly docker: string;
  /** '' where this person (or this spell) has no account. */
  readonly username: string;
  /** The account's address where it is not the work address. */
  readonly address: string;
  readonly role: string;
  /** Separated by blanks. */
  readonly teams: string;
}

const table = `
id,name,department,title,type,manager,since,until,status,other,docker,username,address,role,teams
E-1001,Nina Kraus,Platform,Head of Platform,employee,,-2900,,active,,,ninakraus,,Owner,owners platform
E-1002,Piotr Zawadzki,Platform,Staff Engineer,employee,E-1001,-2100,,active,,,pzawadzki,,Editor,platform
E-1003,Amara Okafor,Platform,Site Reliability Engineer,employee,E-1001,-1300,,active,,,amaraokafor,,Member,platform
E-1004,Henrik Dahl,Release,Head of Release,employee,E-1001,-2400,,active,,,hdahl,,Editor,release platform
E-1005,Ingrid Solberg,Security,Security Lead,employee,,-1900,,active,,,isolberg,,Owner,owners security
E-1006,Marta Vogel,Engineering,Software Engineer,employee,E-1012,-1500,,active,,,martavogel,,Member,backend
E-1007,Tobias Krämer,Engineering,Software Engineer,employee,E-1012,-800,,active,,,tkraemer,,Member,backend
E-1008,Mira Holt,Engineering,Software Engineer,employee,E-1012,-640,,active,,,miraholt,mira.holt+docker@acme.example,Member,backend qa
E-1009,Ravi Menon,Data,Data Engineer,employee,E-1018,-910,,active,,,rmenon,ravi.menon@acme-labs.example,Member,data
E-1010,Juliette Morel,Engineering,Software Engineer,employee,E-1012,-420,,active,juliette.morel@mail.example,,jmorel,juliette.morel@mail.example,Member,frontend
E-1011,Beatriz Sousa,Engineering,Software Engineer,employee,E-1012,-1100,,active,,,nightowl77,owl@night.example,Member,frontend
E-1012,Edwin Achterberg,Engineering,Head of Engineering,employee,,-2600,,active,,,eachterberg,,Member,backend frontend
E-1013,Kofi Mensah,Engineering,Software Engineer,employee,E-1012,-350,,active,,kofimens,kofimens,kofi@home.example,Member,backend
E-1014,Sven Lund,Engineering,Software Engineer,employee,E-1012,-1750,,active,,,svenlund,Sven.Lund@ACME.example,Member,frontend
E-1015,Hana Kimura,Data,Data Scientist,employee,E-1018,-560,,active,imaging-lab@acme.example,,hkimura,,Member,data
E-1016,Daniel Frost,Data,Data Scientist,employee,E-1018,-610,,active,imaging-lab@acme.example,,dfrost,,Member,data
E-1017,Jonas Reuter,Release,Release Engineer,employee,E-1004,-1250,-12,terminated,,,jonasreuter,,Member,release
E-1018,Farida Rahimi,Data,Head of Data,employee,,-1680,,active,,,frahimi,,Member,data
E-1019,Tomasz Wilk,Engineering,Software Engineer,employee,E-1012,-980,21,active,,,tomwilk,,Member,backend
E-1020,Greta Hoffmann,Engineering,"Engineer, Build Tools",employee,E-1012,-1420,0,active,,,ghoffmann,,Member,qa
E-1021,Luis Carrasco,Platform,Site Reliability Engineer,employee,E-1001,-260,,active,,,lcarrasco,,Member,platform
E-1022,Sofia Marques,Engineering,Software Engineer,employee,E-1012,-1200,,on_leave,,,sofiamarques,,Member,frontend
E-1023,Noor El Amrani,Security,Security Engineer,employee,E-1005,-730,,active,,,noorelamrani,,Member,security
E-1024,Leonie Baumann,Engineering,Software Engineer,employee,E-1012,-1600,-400,terminated,,,,,,
E-1024,Leonie Baumann,Engineering,Senior Software Engineer,employee,E-1012,-90,,active,,,lbaumann,,Member,backend
E-1025,Callum Reid,Release,Release Engineer,employee,E-1004,-510,,active,,,callumreid,,Member,release
E-1026,Zofia Lis,,Software Engineer,employee,E-1012,-30,,active,,,zofialis,,Member,backend
E-1027,Mateo Vidal,Engineering,QA Engineer,employee,E-1012,-470,,active,,,mateovidal,,Member,qa
E-1028,Emilia Saari,Engineering,QA Engineer,employee,E-1012,-880,6,active,,,emiliasaari,,Member,qa
E-1029,Clara Weiss,Engineering,Software Engineer,employee,E-1012,-1340,-60,terminated,,,,,,
E-1030,Arjun Pillai,Data,Data Engineer,employee,E-1018,-390,,active,,,arjunpillai,,Member,data
E-1031,Yara Haddad,Product,Product Manager,employee,,-770,,active,,,yarahaddad,,Member,docs
E-1032,Bram de Wit,Engineering,Technical Writer,employee,E-1012,-690,,active,,,bramdewit,,Member,docs
E-1033,Oskar Lindqvist,Support,Support Engineer,employee,E-1046,-540,,active,,,olindqvist,,Member,release
E-1034,Lucie Fontaine,Engineering,Software Engineer,employee,E-1012,-75,,active,,,,,,
E-1035,Anke Vermeulen,Platform,Site Reliability Engineer,employee,E-1001,-1010,,active,,,ankevermeulen,,Editor,platform
E-1036,Ethan Doyle,Engineering,Software Engineer,employee,E-1012,-220,,active,,,ethandoyle,,Member,frontend
E-1037,Simone Gallo,Engineering,Software Engineer,employee,E-1012,-310,13,active,,,simonegallo,,Member,backend
E-1038,Victor Lange,Platform,Staff Engineer,employee,E-1001,-2200,-45,terminated,,,,,,
E-1039,Ida Bergström,Engineering,Software Engineer,employee,E-1012,-150,,active,,,idabergstrom,,Member,frontend
E-1040,Ruth Adler,Management,Chief Executive Officer,employee,,-3200,,active,,,,,,
E-1041,Paul Kessler,Finance,Head of Finance,employee,E-1040,-2000,,active,,,,,,
E-1042,Aisha Bello,Engineering,Software Engineer,employee,E-1012,-120,,active,,,aishabello,,Member,backend
E-1043,Anton Berger,Engineering,Technical Writer,employee,E-1012,-700,-30,terminated,,,,,,
E-1044,Denise Caron,People,People Partner,employee,E-1040,-860,,active,,,,,,
E-1045,Marek Novak,Support,Support Engineer,employee,E-1046,-930,,terminated,,,mareknovak,,Member,qa
E-1046,Helen Burgess,Support,Head of Support,employee,E-1040,-1800,,active,,,,,,
E-1047,Carlo Benedetti,Sales,Account Executive,employee,E-1040,-450,,active,,,cbenedetti,,Owner,owners
E-1048,Wanda Schreiber,Sales,Account Executive,employee,E-1040,-330,,active,,,,,,
E-1049,Niall Brennan,Security,Security Engineer,employee,E-1005,-200,,active,,,niallbrennan,,registry-auditor,security
E-1050,Elif Aydin,Product,Product Manager,employee,,-410,,active,,,elifaydin,,Member,docs
E-1051,Freya Mwangi,Finance,Controller,employee,E-1041,-640,,active,,,,,,
E-1052,Yuki Tanabe,Engineering,Software Engineer,employee,E-1012,-20,,active,,,,,,
E-1053,Gustav Blom,People,Recruiter,employee,E-1040,-280,,active,,,,,,
E-1054,Rosa Pinto,Data,Data Analyst,employee,E-1018,-190,,active,,,rosapinto,,Member,data
E-1055,Liam Carver,Support,Support Engineer,employee,E-1046,-240,,active,,,liamcarver,,Member,
E-1060,Milo Jansen,Engineering,Software Engineer,employee,E-1012,14,,pending,,,,,,
C-2001,Petra Sommer,Engineering,Consultant,contractor,E-1012,-160,,active,petra@sommer-it.example,,petrasommer,petra@sommer-it.example,Member,frontend
C-2002,Owen Blake,Engineering,Consultant,contractor,E-1012,-210,45,active,owen@blake-dev.example,,owenblake,owen@blake-dev.example,Member,qa
C-2003,Dimitri Petrov,Data,Consultant,contractor,E-1018,-370,-5,active,dimitri@petrov.example,,dpetrov,dimitri@petrov.example,Member,data
C-2004,Celeste Roy,Engineering,Designer,contractor,E-1031,-95,,active,celeste@roystudio.example,,celesteroy,celeste@roystudio.example,Member,docs
`;

/** Everybody in the roster, in its order; whoever came back has a line for each spell. */
export function demoPeople(): DemoPerson[] {
  return parse<DemoPerson>(table.trim(), { columns: true });
}

/** The address that HR has. */
export function workEmail(person: DemoPerson): string {
  const folded = person.name.toLowerCase().replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue');
  return `${folded.replaceAll(' ', '.')}@acme.example`;
}
